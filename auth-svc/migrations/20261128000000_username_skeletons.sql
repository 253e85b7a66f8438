-- What a name looks like (UTS 39 skeleton of the name as it is shown): `paypal` and its Cyrillic twin have the same one, and
-- only one account may have it. The service fills it for older rows, since SQL cannot compute it. NULL: not filled yet, or
-- an older account already has it; such an account keeps its name, and nobody else can take one that looks like it.
ALTER TABLE auth.accounts ADD COLUMN username_skeleton text CONSTRAINT accounts_username_skeleton_unique UNIQUE;

CREATE INDEX accounts_without_skeleton ON auth.accounts (created_at, id) WHERE username_skeleton IS NULL;
