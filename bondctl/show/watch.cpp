#include "bondctl/show/watch.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <boost/json.hpp>
#include <poll.h>
#include <unistd.h>

#include "bondctl/show/news.h"
#include "lib/cli/output.h"
#include "lib/cli/refuse.h"

namespace hawser::bondctl {

namespace {

// The kernel tells of no change of an LACP state, so such bonds are looked at.
constexpr int kLookEvery = 1000;  // ms

Moment now() {
  return {std::chrono::system_clock::now(), std::chrono::steady_clock::now()};
}

class Watch {
 public:
  Watch(const cli::Arguments& arguments, Monitor monitor)
      : json_(arguments.json),
        following_(arguments.words.empty() ? std::string{} : arguments.words.front()),
        monitor_(std::move(monitor)) {}

  // Ends with an error, or when nobody reads.
  Status run() {
    const auto all = Monitor::look();
    if (!all) return tl::unexpected(all.error());
    tell(story_.begin(*all, now()));
    while (somebody_reads_) {
      if (auto status = wait(); !status) return status;
    }
    return {};
  }

 private:
  Status wait() {
    std::array<pollfd, 2> waiting{{{monitor_.fd(), POLLIN, 0}, {STDOUT_FILENO, 0, 0}}};
    const int ready = ::poll(waiting.data(), waiting.size(), story_.has_lacp() ? kLookEvery : -1);
    if (ready < 0) return errno == EINTR ? Status{} : fail_with(errno, "wait: {}", std::strerror(errno));
    if ((waiting[1].revents & (POLLERR | POLLHUP)) != 0) somebody_reads_ = false;
    if (ready == 0) return look_again();
    return (waiting[0].revents & POLLIN) != 0 ? take() : Status{};
  }

  Status take() {
    const auto changes = monitor_.drain();
    if (!changes) return tl::unexpected(changes.error());
    for (const auto& fact : changes->facts) tell(story_.hear(fact, now()));
    if (!changes->lost) return {};
    BondNews lost;
    lost.at = now();
    lost.change = BondChange::kLost;
    tell({lost});
    return look_again();
  }

  Status look_again() {
    const auto all = Monitor::look();
    if (!all) return tl::unexpected(all.error());
    tell(story_.look_again(*all, now()));
    return {};
  }

  void tell(const BondStory::News& news) {
    for (const auto& one : news) {
      if (!following_.wants(one)) continue;
      cli::print(json_ ? boost::json::serialize(to_json(one)) + "\n" : stamped_.text(one));
      (void)std::fflush(stdout);
    }
    if (std::ferror(stdout) != 0) somebody_reads_ = false;
  }

  bool json_;
  Following following_;
  Monitor monitor_;
  BondStory story_;
  Stamped stamped_;
  bool somebody_reads_ = true;
};

}  // namespace

int watch(const cli::Arguments& arguments) {
  auto monitor = Monitor::open({.addresses = false, .routes = false});
  if (!monitor) return cli::refuse(arguments, "bondctl", monitor.error());
  const auto status = Watch(arguments, std::move(*monitor)).run();
  return status ? kRefused : cli::refuse(arguments, "bondctl", status.error());
}

}  // namespace hawser::bondctl
