#!/usr/bin/env bash
# Podman with images and containers in a store of its own below .build, for one test at a time; and the image of deploy/Dockerfile in it. Base images are not
# pulled: a Debian made with mmdebstrap takes the place of debian:bookworm-slim.
# shellcheck disable=SC2154 # lib.sh has set them

[ "$(id -u)" = 0 ] || skip "containers are made by root here"
[ -w /sys/fs/cgroup/memory ] || [ -w /sys/fs/cgroup/cgroup.subtree_control ] || skip "the control groups of this machine cannot be written"
script/bootstrap podman runc netavark aardvark-dns mmdebstrap curl jq sqlite3

cache=$root/.build/container
mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9
podman=(podman --root "$cache/store" --runroot "$cache/run" --tmpdir "$cache/tmp" --network-config-dir "$cache/networks"
    --cgroup-manager=cgroupfs --runtime=runc --log-level=fatal)
engine() { timeout 180 "${podman[@]}" "$@" 9>&- 2> >(grep -vE 'connect to syslog|invalid logging spec' >&2); }
# What this machine may hand on: podman asks for more by itself.
limits=(--ulimit nofile=1024:4096 --ulimit nproc=1000:1000)
# Leaves the images to the next test, and nothing else.
end_podman() {
    engine network rm -f parley >/dev/null 2>&1 || true
    engine image prune --force >/dev/null 2>&1 || true
    umount "$cache/store/overlay" 2>/dev/null || true
    rm -rf "$cache/run" "$cache/tmp" "$cache/networks"
}

base=docker.io/library/debian:bookworm-slim
if ! engine image exists "$base"; then
    # Without what the slim image is without, too; --variant=apt is what it begins with.
    mmdebstrap --quiet --variant=apt --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' bookworm "$cache/base.tar"
    engine import --quiet "$cache/base.tar" "$base" >/dev/null
    rm "$cache/base.tar"
fi

build_image() {
    mkdir -p "$work/build"
    strip -o "$work/build/parley" "$parley"
    version=$("$parley" --version)
    engine build --quiet --format docker --pull=never --network=host "${limits[@]}" --build-context "build=$work/build" \
        --build-arg "VERSION=$version" --build-arg "REVISION=$(git rev-parse HEAD)" -f deploy/Dockerfile -t parley . >"$work/image" 2>&1 || { cat "$work/image" >&2; fail "the image is not built"; }
}
