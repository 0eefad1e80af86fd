# shellcheck shell=bash disable=SC2034,SC2154
# What ./dev and the scripts beside this one share: installing packages, building, telling. Sourced with $root set.

# What each kind of work needs from Debian 12.
packages_build=(ca-certificates ccache cmake g++ libbenchmark-dev libboost-json1.81-dev libboost-system1.81-dev
  libboost1.81-dev libcli11-dev libexpected-dev libfmt-dev libgmock-dev libgtest-dev libmnl-dev libnftnl-dev libnl-3-dev
  libnl-genl-3-dev libpcap-dev libssl-dev libtomlplusplus-dev ninja-build pkg-config scdoc)
packages_lab=(cpio iproute2 iputils-ping kmod mmdebstrap nftables procps qemu-system-x86 squashfs-tools uidmap util-linux xz-utils zstd)
packages_check=(clang-16 clang-format-16 clang-tidy-16 git libclang-rt-16-dev python3 shellcheck systemd)
packages_sim=(curl openssl python3)

# git refuses a tree that belongs to somebody else (root in a container over a user's clone); whoever runs this trusts it already.
count=${GIT_CONFIG_COUNT:-0}
export "GIT_CONFIG_KEY_$count=safe.directory" "GIT_CONFIG_VALUE_$count=$root" "GIT_CONFIG_COUNT=$((count + 1))"
unset count

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
die_usage() {
  say "./dev: $*; see ./dev help"
  exit 2
}

# need GROUP...: installs what of these groups is missing.
need() {
  local group wanted=() missing=()
  for group; do
    local -n list=packages_$group
    wanted+=("${list[@]}")
  done
  mapfile -t missing < <(missing_packages "${wanted[@]}")
  ((${#missing[@]} == 0)) || install_packages "$*" "${missing[@]}"
}

missing_packages() {
  local package
  for package; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null) = installed ]] || echo "$package"
  done
}

install_packages() {
  local why=$1 as_root=() log
  shift
  if ((EUID != 0)); then
    command -v sudo > /dev/null || die "./dev: ${why// /, } needs packages and there is no sudo; as root: apt-get install $*"
    as_root=(sudo)
  fi
  say "Installing for ${why// / and }: $*"
  log=$(mktemp)
  if ! { "${as_root[@]}" apt-get -q update && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -qy -o Dpkg::Use-Pty=0 install --no-install-recommends "$@"; } > "$log" 2>&1; then
    tail -n 20 "$log" >&2
    rm "$log"
    die "./dev: apt-get could not install the packages above"
  fi
  rm "$log"
}

# As many compilers as there are processors, but not more than memory holds: one takes up to 1.5 GB with sanitizers.
jobs() {
  local by_memory
  by_memory=$(awk '/^MemAvailable/ { print int($2 / 1500000) }' /proc/meminfo)
  ((by_memory > 0)) || by_memory=1
  local processors
  processors=$(nproc)
  echo $((processors < by_memory ? processors : by_memory))
}

# configure PRESET: quiet unless it fails. Where another compiler is found under the preset's name than last time (ccache's folder came
# first in PATH), CMake empties its cache and goes on without the preset's variables: a build without sanitizers that says nothing of it.
configure() {
  local said
  said=$(cd "$root" && cmake --preset "$1" 2>&1) || die "$said"
  grep -q '^CMAKE_BUILD_TYPE:STRING=.' "$root/build/$1/CMakeCache.txt" ||
    said=$(cd "$root" && cmake --fresh --preset "$1" 2>&1) || die "$said"
}

# build PRESET [TARGET...]
build() {
  local preset=$1
  shift
  configure "$preset"
  local only=()
  (($# == 0)) || only=(--target "$@")
  # On a terminal ninja has one line that it writes over; elsewhere it is silent unless something is wrong.
  local quiet=()
  [[ -t 2 ]] || quiet=(-- --quiet)
  NINJA_STATUS='[%f/%t, %es] ' cmake --build "$root/build/$preset" -j "$(jobs)" "${only[@]}" "${quiet[@]}" >&2
}

# start_image small|full: builds that image beside all else, because it comes over the network while the compilers have the processor. In a
# process group of its own, so that a run that ends before await_image leaves none of it behind.
start_image() {
  set -m
  "$vm/image" "$1" < /dev/null > /dev/null &
  image=$!
  set +m
  trap 'kill -- "-$image" 2> /dev/null || true' EXIT
}

await_image() {
  local status=0
  wait "$image" || status=$?
  trap - EXIT
  return "$status"
}

# The C++ files that git tracks or would track, NUL between them.
tracked_sources() {
  cd "$root" && git ls-files -z --cached --others --exclude-standard -- '*.cpp' '*.h' |
    while IFS= read -r -d '' file; do [[ ! -e $file ]] || printf '%s\0' "$file"; done
}

# A program of GoogleTest in the virtual machine: in_lab PRESET PROGRAM [ARGUMENT...]. Fails when the program did, when one of its tests
# was skipped, and when none ran (a filter that matches nothing). Wants $vm and $logs. selftest holds it to that.
in_lab() {
  local preset=$1 program=$2 log=$logs/$2-$1${GTEST_SHARD_INDEX:+-part-$GTEST_SHARD_INDEX}.log status=0
  shift 2
  # Only grep's "nothing left to print" is forgiven; an `|| true` at the end would forgive the program.
  setpriv --pdeathsig TERM "$vm/run" -- "$root/build/$preset/bin/$program" "$@" 2>&1 | tee "$log" |
    { grep -vE '^\[ RUN  |^\[       OK|^\[-----|^$' || true; } || status=$?
  if ((status != 0)) || grep -qF '[  FAILED  ]' "$log"; then
    say "$program: failed (status $status)"
    return 1
  fi
  if grep -F '[  SKIPPED ]' "$log"; then
    say "$program: a test was skipped: it proves nothing"
    return 1
  fi
  grep -qE '^\[  PASSED  \] [1-9]' "$log" || {
    say "$program: no test ran"
    return 1
  }
}

# The same in two machines beside one another, each with half of the tests: they wait more than they compute. What each said comes at the end.
in_two_labs() {
  (($(jobs) > 1)) || { in_lab "$@"; return; }
  local index pid pids=() status=0
  for index in 0 1; do
    GTEST_TOTAL_SHARDS=2 GTEST_SHARD_INDEX=$index in_lab "$@" > "$logs/part-$index.out" 2>&1 &
    pids+=($!)
  done
  trap 'kill "${pids[@]}" 2> /dev/null; exit 130' INT TERM
  for pid in "${pids[@]}"; do wait "$pid" || status=1; done
  trap - INT TERM
  cat "$logs/part-0.out" "$logs/part-1.out"
  return "$status"
}
