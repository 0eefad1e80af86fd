#include <atomic>

#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "lib/base/fd.h"
#include "tests/bench/host_pair.h"
#include "tests/bench/measures.h"
#include "tests/support/failure.h"

namespace hawser::bench {
namespace {

using namespace std::chrono_literals;

// Many listening ports in one thread; every connection is closed at once and counted.
class Doors {
 public:
  Doors(const lab::Namespace& where, int first_port, int count) : poll_{::epoll_create1(EPOLL_CLOEXEC)} {
    where.inside([&] {
      for (int port = first_port; port < first_port + count; ++port) listen_on(port);
    });
    thread_ = std::jthread([this](const std::stop_token& stop) { accept_all(stop); });
  }

  [[nodiscard]] std::size_t accepted() const { return accepted_; }

 private:
  void listen_on(int port) {
    Fd door(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const int yes = 1;
    ::setsockopt(door.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    if (::bind(door.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(door.get(), 16) != 0)
      lab::give_up_errno("port {}: listen", port);
    epoll_event event{.events = EPOLLIN, .data = {.fd = door.get()}};
    if (::epoll_ctl(poll_.get(), EPOLL_CTL_ADD, door.get(), &event) != 0)
      lab::give_up_errno("port {}: watch", port);
    doors_.push_back(std::move(door));
  }

  void accept_all(const std::stop_token& stop) {
    std::array<epoll_event, 64> ready{};
    while (!stop.stop_requested()) {
      const int count = ::epoll_wait(poll_.get(), ready.data(), static_cast<int>(ready.size()), 50);
      for (int index = 0; index < count; ++index) {
        const Fd visitor(
            ::accept4(ready.at(static_cast<std::size_t>(index)).data.fd, nullptr, nullptr, SOCK_CLOEXEC));
        if (visitor) ++accepted_;
      }
    }
  }

  Fd poll_;
  std::vector<Fd> doors_;
  std::atomic<std::size_t> accepted_{0};
  std::jthread thread_;  // last: it ends before what it uses
};

void allow_many_files() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

// "netd", "netd-guard", "vipd", "vipd-worker"; keepalived's processes have one name, and are told by their
// order.
std::string name_of_process(Product product, pid_t pid, std::size_t position) {
  constexpr std::array kRoles{"keepalived (parent)", "keepalived (first child)", "keepalived (second child)"};
  if (product == Product::kKeepalived) return kRoles.at(std::min(position, kRoles.size() - 1));
  const std::string command = command_of(pid);
  const std::string program = command.substr(0, command.find(' '));
  return program.substr(program.rfind('/') + 1);
}

}  // namespace

std::vector<ProcessMemory> memories(Product product, const std::vector<lab::Process>& daemons) {
  std::vector<ProcessMemory> result;
  for (const lab::Process& daemon : daemons) {
    std::size_t position = 0;
    for (const pid_t pid : tree_of(daemon.pid()))
      result.push_back({name_of_process(product, pid, position++), memory_of(pid)});
  }
  return result;
}

Footprint footprint(Product product, const std::filesystem::path& folder, int services,
                    std::size_t verdicts) {
  constexpr std::chrono::seconds kInterval{8};
  constexpr lab::Duration kLimit = 90s;
  allow_many_files();
  const lab::Namespace balancer("lb1");
  const lab::Namespace web("web1");
  const lab::Cable cable({&balancer, "eth0"}, {&web, "eth0"});
  balancer.ip({"addr add 192.0.2.11/24 dev eth0", "addr add 198.51.100.11/24 dev eth0", "link set eth0 up"});
  for (const char* address : {"198.51.100.21", "198.51.100.22", "198.51.100.23", "198.51.100.24"})
    web.ip({fmt::format("addr add {}/24 dev eth0", address)});
  std::optional<Doors> doors(std::in_place, web, kFirstPort, services);
  const auto daemons = start(product, Duty::kBoth, balancer, folder / "memory" / name_of(product),
                             large_file(product, services, kInterval));
  Footprint result;
  // Up, down for one interval, up again: every real server's state changes twice.
  static_cast<void>(lab::eventually(
      kLimit, [&] { return doors->accepted() >= verdicts / 2; }, 50ms));
  result.verdicts = doors->accepted();
  doors.reset();
  std::this_thread::sleep_for(kInterval);
  result.verdicts += static_cast<std::size_t>(services) * 4;  // each was refused once
  doors.emplace(web, kFirstPort, services);
  const std::size_t before = result.verdicts;
  static_cast<void>(lab::eventually(
      kLimit, [&] { return before + doors->accepted() >= verdicts; }, 50ms));
  result.verdicts = before + doors->accepted();
  result.processes = memories(product, daemons);
  return result;
}

}  // namespace hawser::bench
