# shellcheck shell=bash
# What the release scripts share: sourced, never run. The working directory is the root of the repository.

# shellcheck source=scripts/tools.sh
. scripts/tools.sh

# Where the images are, in small letters as registries want it: each is $IMAGES/<name>.
IMAGES=${IMAGES:-ghcr.io/${GITHUB_REPOSITORY:-syncwatch/syncwatch}}
IMAGES=${IMAGES,,}

version() { sed -n '/^\[workspace.package\]/,/^version/s/^version = "\(.*\)"/\1/p' Cargo.toml; }
revision() { git rev-parse HEAD; }
# The time of the commit, which every file of the build gets, so that two builds are equal.
commit_time() { git log -1 --format=%ct; }

# The names of the images: the last stages of the Dockerfile.
image_names() { sed -n '/^# Images/,$s/^FROM .* AS //p' deploy/Dockerfile; }

# A tag that names one thing for ever: a commit or a version.
is_lasting_tag() { [[ $1 =~ ^[0-9a-f]{40}$ || $1 =~ ^[0-9]+\.[0-9]+\.[0-9]+(-rc\.[0-9]+)?$ ]]; }
