-- What is made of uploads: plans, the segments that are there, and the queue of tasks.

CREATE TABLE media.plans (
    asset_id uuid NOT NULL REFERENCES media.assets ON DELETE CASCADE,
    -- Increases with each new encode of the asset.
    generation integer NOT NULL,
    upload_id uuid NOT NULL REFERENCES media.uploads ON DELETE CASCADE,
    -- An encoded syncwatch.transcode.v1.Plan.
    plan bytea NOT NULL,
    -- Segments of all layers: those that the plan names, and those that are there.
    expected integer NOT NULL,
    ready integer NOT NULL DEFAULT 0,
    -- Bytes of everything that was made.
    bytes bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    -- When its objects were last compared with it.
    checked_at timestamptz NOT NULL,
    PRIMARY KEY (asset_id, generation)
);
CREATE INDEX plans_of_upload ON media.plans (upload_id);
CREATE INDEX plans_to_check ON media.plans (checked_at);

-- The segments that are in the store. One that has no row is made when its turn comes, or when somebody waits for it.
CREATE TABLE media.segments (
    asset_id uuid NOT NULL,
    generation integer NOT NULL,
    layer smallint NOT NULL,
    index integer NOT NULL,
    PRIMARY KEY (asset_id, generation, layer, index),
    FOREIGN KEY (asset_id, generation) REFERENCES media.plans ON DELETE CASCADE
);

-- The queue. The ranges of the waiting and running tasks of a layer never overlap.
CREATE TABLE media.tasks (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('probe', 'segments', 'subtitles', 'storyboard')),
    upload_id uuid NOT NULL REFERENCES media.uploads ON DELETE CASCADE,
    asset_id uuid NOT NULL,
    owner_id text NOT NULL,
    generation integer NOT NULL DEFAULT 0,
    layer smallint NOT NULL DEFAULT 0,
    -- `segments` alone: the first one, the one behind the last, and the first that is not there yet.
    first_index integer NOT NULL DEFAULT 0,
    end_index integer NOT NULL DEFAULT 0,
    next_index integer NOT NULL DEFAULT 0,
    -- Part of the file that must be there before it can run, 0 to 1.
    needs double precision NOT NULL DEFAULT 0,
    -- 1: waiting, 2: running, 3: failed for good, 4: done (kept for a while, so that a repeated completion is recognised).
    state smallint NOT NULL DEFAULT 1,
    -- Somebody waits for its first segment.
    urgent boolean NOT NULL DEFAULT false,
    -- When somebody last asked for one of its segments, or for one just before them.
    asked_at timestamptz,
    attempts smallint NOT NULL DEFAULT 0,
    -- Increases with each lease: a call with an older one changes nothing.
    lease bigint NOT NULL DEFAULT 0,
    leased_until timestamptz,
    worker text NOT NULL DEFAULT '',
    run_after timestamptz NOT NULL,
    percent smallint NOT NULL DEFAULT 0,
    -- Seconds of media made in a second; 0: unknown.
    speed double precision NOT NULL DEFAULT 0,
    -- Of the last failed attempt.
    timed_out boolean NOT NULL DEFAULT false,
    message text NOT NULL DEFAULT '',
    log text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    -- When the present attempt began, or the last one ended.
    changed_at timestamptz NOT NULL
);
CREATE INDEX tasks_waiting ON media.tasks (run_after) WHERE state = 1;
CREATE INDEX tasks_running ON media.tasks (leased_until) WHERE state = 2;
CREATE INDEX tasks_ended ON media.tasks (changed_at) WHERE state IN (3, 4);
CREATE INDEX tasks_of_asset ON media.tasks (asset_id, generation, layer);
CREATE INDEX tasks_of_upload ON media.tasks (upload_id);
CREATE UNIQUE INDEX tasks_one_probe ON media.tasks (upload_id) WHERE kind = 'probe' AND state IN (1, 2);

-- When a task of a person was last leased: the queue serves people in turn.
CREATE TABLE media.task_owners (
    owner_id text PRIMARY KEY,
    served_at timestamptz NOT NULL
);

-- Workers that asked for tasks.
CREATE TABLE media.workers (
    name text PRIMARY KEY,
    active integer NOT NULL,
    slots integer NOT NULL,
    seen_at timestamptz NOT NULL
);
