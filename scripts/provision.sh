#!/usr/bin/env bash
# Makes an environment on DigitalOcean, or brings it up to date: scripts/provision.sh [staging|production]
#
# Saves a plan, shows it, and applies exactly that plan. Production asks before, and only "yes" applies it. Afterwards
# terraform/envs/<environment> has outputs.json, values.yaml for Helm, and the files that deploy/make-kubernetes-secret.sh reads.
# terraform/README.md has the first steps.
set -euo pipefail
umask 077
cd "$(dirname "$0")/../terraform"

say() { printf 'provision: %s\n' "$*"; }
fail() { printf 'provision: %s\n' "$*" >&2; exit 1; }

[ $# -le 1 ] || fail "usage: scripts/provision.sh [staging|production]"
readonly environment=${1:-staging}
[[ $environment =~ ^(staging|production)$ ]] || fail "there is no environment $environment: name staging or production"
readonly folder=envs/$environment

for name in DIGITALOCEAN_TOKEN SPACES_ACCESS_KEY_ID SPACES_SECRET_ACCESS_KEY TF_VAR_turn_secret; do
  [ -n "${!name:-}" ] || fail "$name is not set: terraform/README.md says what to put there"
done
if grep -q 'syncwatch\.example' "$folder/terraform.tfvars"; then
  fail "terraform/$folder/terraform.tfvars names syncwatch.example: write your domain and e-mail address there"
fi
command -v terraform >/dev/null || fail "terraform is not installed: install Terraform 1.11 or newer"

# The state is in Spaces too, whose key Terraform reads under these names.
export AWS_ACCESS_KEY_ID=$SPACES_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY=$SPACES_SECRET_ACCESS_KEY
# A folder for each environment, so that no plan of one meets the state of the other.
export TF_DATA_DIR=$PWD/$folder/.terraform TF_IN_AUTOMATION=1 TF_INPUT=0

# The plan holds secrets.
trap 'rm -f "$folder/tfplan"' EXIT
terraform init -reconfigure -backend-config="$folder/backend.hcl"
terraform plan -var-file="$folder/terraform.tfvars" -out="$folder/tfplan"

if [ "$environment" = production ]; then
  printf 'Apply this plan to production? Only "yes" does: '
  read -r answer || answer=
  [ "$answer" = yes ] || fail "cancelled; nothing was applied"
fi
terraform apply "$folder/tfplan"

# write <file> <command>...: the file is whole or as it was before, and nobody else may read it.
write() {
  local file=$folder/$1
  shift
  "$@" >"$file.new"
  mv "$file.new" "$file"
}
mkdir -p "$folder/secrets"
write outputs.json terraform output -json
write values.yaml terraform output -raw helm_values
write secrets/postgres_url terraform output -raw database_uri
write secrets/redis_url terraform output -raw redis_uri
write secrets/s3_access_key terraform output -raw media_access_key
write secrets/s3_secret_key terraform output -raw media_secret_key
write secrets/turn_secret printf '%s' "${TF_VAR_turn_secret:?}"
say "$environment is as the plan says; terraform/$folder has outputs.json, values.yaml and secrets/"
