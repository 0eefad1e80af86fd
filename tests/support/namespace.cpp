#include "tests/support/namespace.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <mutex>

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "tests/support/failure.h"
#include "tests/support/process.h"

namespace hawser::lab {
namespace {

constexpr const char* kFolder = "/run/netns";

std::string unique_name(std::string_view host) {
  static std::atomic<int> counter{0};
  return fmt::format("hw{}-{}-{}", ::getpid(), ++counter, host);
}

// As ip-netns(8) does it: names are bind mounts below a shared mount, so that every mount namespace sees them
// come and go.
void prepare_folder() {
  ::mkdir(kFolder, 0755);
  if (::mount("", kFolder, "none", MS_SHARED | MS_REC, nullptr) == 0) return;
  if (::mount(kFolder, kFolder, "none", MS_BIND | MS_REC, nullptr) != 0 ||
      ::mount("", kFolder, "none", MS_SHARED | MS_REC, nullptr) != 0)
    give_up_errno("{}: share (root is needed)", kFolder);
}

void remove(const std::string& path) {
  ::umount2(path.c_str(), MNT_DETACH);
  ::unlink(path.c_str());
}

// What a run left that crashed: names that bear the id of a process that is no more.
void sweep() {
  std::vector<std::string> stale;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    int owner = 0;
    const std::string name = entry.path().filename();
    if (!name.starts_with("hw")) continue;
    std::from_chars(name.data() + 2, name.data() + name.size(), owner);
    if (owner > 0 && ::kill(owner, 0) != 0 && errno == ESRCH) stale.push_back(entry.path());
  }
  for (const std::string& path : stale) remove(path);
}

TimePoint set_flags(const std::string& interface, bool up) {
  const Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  interface.copy(request.ifr_name, IFNAMSIZ - 1);
  if (::ioctl(socket.get(), SIOCGIFFLAGS, &request) != 0) give_up_errno("{}: read flags", interface);
  const int flags = up ? request.ifr_flags | IFF_UP : request.ifr_flags & ~IFF_UP;
  request.ifr_flags = static_cast<short>(flags);
  const TimePoint asked = Clock::now();
  if (::ioctl(socket.get(), SIOCSIFFLAGS, &request) != 0)
    give_up_errno("{}: set {}", interface, up ? "up" : "down");
  return asked;
}

void create(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0));
  if (!file) give_up_errno("{}: create", path);
  if (::unshare(CLONE_NEWNET) != 0) give_up_errno("{}: new network namespace (root is needed)", path);
  set_flags("lo", true);
  if (::mount("/proc/thread-self/ns/net", path.c_str(), "none", MS_BIND, nullptr) != 0)
    give_up_errno("{}: mount", path);
}

void create_on_a_thread(const std::string& path) {
  std::exception_ptr failure;
  std::thread([&] {
    try {
      create(path);
    } catch (...) {
      failure = std::current_exception();
    }
  }).join();
  if (!failure) return;
  remove(path);
  std::rethrow_exception(failure);
}

}  // namespace

Namespace::Namespace(std::string_view host, Naming naming)
    : host_{host}, name_{naming == Naming::kPlain ? std::string(host) : unique_name(host)} {
  prepare_folder();
  static std::once_flag swept;
  std::call_once(swept, sweep);
  const std::string path = fmt::format("{}/{}", kFolder, name_);
  create_on_a_thread(path);
  fd_ = Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd_) give_up_errno("{}: open", path);
}

Namespace Namespace::existing(std::string_view name) {
  Namespace result;
  result.host_ = result.name_ = name;
  result.owned_ = false;
  const std::string path = fmt::format("{}/{}", kFolder, name);
  result.fd_ = Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!result.fd_) give_up_errno("{}: open", path);
  return result;
}

Namespace::~Namespace() {
  if (fd_ && owned_) remove(fmt::format("{}/{}", kFolder, name_));
}

void Namespace::enter() const {
  if (::setns(fd_.get(), CLONE_NEWNET) != 0) give_up_errno("{}: enter the network namespace", name_);
}

Output Namespace::run(const Argv& argv, Duration within) const {
  Process process(*this, argv);
  const std::optional<int> status = process.wait(within);
  if (!status) process.kill();
  return {status.value_or(137), process.output()};
}

std::string Namespace::check(const Argv& argv, Duration within) const {
  Output output = run(argv, within);
  if (output.status != 0)
    give_up("{}: {}: status {}: {}", host_, fmt::join(argv, " "), output.status, output.text);
  return std::move(output.text);
}

void Namespace::ip(const std::vector<std::string>& lines) const {
  Process process(*this, {"ip", "-batch", "-"}, {.input = fmt::format("{}\n", fmt::join(lines, "\n"))});
  const std::optional<int> status = process.wait(30s);
  if (status != 0) give_up("{}: ip {}: {}", host_, fmt::join(lines, "; "), process.output());
}

void Namespace::sysctl(std::string_view key, std::string_view value) const {
  std::string path = fmt::format("/proc/sys/{}", key);
  std::replace(path.begin() + 10, path.end(), '.', '/');
  // /proc/sys/net shows the namespace of whoever opens it.
  inside([&] {
    std::ofstream file(path);
    file << value << std::flush;
    if (!file) give_up("{}: sysctl {}={}: refused", host_, key, value);
  });
}

TimePoint Namespace::set_link(const std::string& interface, bool up) const {
  return inside([&] { return set_flags(interface, up); });
}

std::string program(std::string_view name) {
  return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / name).string();
}

}  // namespace hawser::lab
