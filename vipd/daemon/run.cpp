#include "vipd/daemon/run.h"

#include <cerrno>
#include <fstream>
#include <iterator>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <unistd.h>

#include "lib/daemon/descriptors.h"
#include "lib/daemon/exit_code.h"
#include "lib/daemon/lock.h"
#include "lib/daemon/log.h"
#include "lib/daemon/namespace_lock.h"
#include "vipd/addresses/left_over.h"
#include "vipd/daemon/daemon.h"

namespace hawser::vipd {

namespace {

std::vector<std::string> own_arguments() {
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  std::vector<std::string> words;
  for (std::string word; std::getline(file, word, '\0');) words.push_back(word);
  return words;
}

// Comes back only where it fails: then the running program goes on.
void start_again() {
  auto words = own_arguments();
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (auto& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  ::execv(own_program().c_str(), pointers.data());
  log::error("start again: {}: the running program goes on", std::strerror(errno));
}

struct Ended {
  int exit_code = kDone;
  bool again = false;
  std::optional<Carry> carry{};
};

Ended refused(const Error& why) {
  log::error("{}", why.text);
  return {kRefused};
}

// One that was killed a moment ago may not be gone yet.
constexpr Milliseconds kToBeGone{500};
constexpr Milliseconds kBetweenTries{20};

template <class Take>
auto patiently(Take take) -> decltype(take()) {
  const auto end = std::chrono::steady_clock::now() + kToBeGone;
  for (;;) {
    auto lock = take();
    const bool taken = !lock && (lock.error().code == EWOULDBLOCK || lock.error().code == EADDRINUSE);
    if (!taken || std::chrono::steady_clock::now() >= end) return lock;
    std::this_thread::sleep_for(kBetweenTries);
  }
}

Ended run_once(const cli::Arguments& arguments) {
  auto carry = find_carry();
  if (auto enough = judge_descriptor_limit(raise_descriptor_limit()); !enough)
    return refused({fmt::format("vipd: {}", enough.error().text)});
  const auto lock = patiently([&] { return InstanceLock::take(arguments.runtime_dir, "vipd"); });
  // The addresses are worth more than the certainty that nobody else works here.
  if (!lock && InstanceLock::no_room(lock.error()))
    log::warning("{}: without the lock a second vipd would not be noticed", lock.error().text);
  else if (!lock)
    return refused(lock.error());
  const auto alone = patiently([] { return NamespaceLock::take("vipd"); });
  if (!alone) return refused(alone.error());
  if (!alone->exclusive())
    log::warning(
        "@hawser-vipd is taken by a process that is no vipd: a second one here would not be noticed");
  boost::asio::io_context context(1);
  // Where the lock is a stranger's, another vipd may be alive, and what is left would be its addresses.
  Options options{{arguments.config, arguments.state_dir, arguments.node, arguments.runtime_dir},
                  arguments.runtime_dir,
                  alone->exclusive(),
                  std::move(carry)};
  Daemon daemon(context, std::move(options));
  Ended ended;
  if (const auto begun = daemon.begin(); begun)
    context.run();
  else
    ended = refused(begun.error());
  const bool failed = !daemon.has_begun() || daemon.exit_code() != kDone;
  if (failed && alone->exclusive()) take_left_over_away();
  if (daemon.wants_exec()) ended.carry = daemon.leave_before_exec();
  ended.again = daemon.wants_exec();
  if (ended.exit_code == kDone) ended.exit_code = daemon.exit_code();
  return ended;
}

}  // namespace

int run_daemon(const cli::Arguments& arguments) {
  auto ended = run_once(arguments);
  while (ended.again) {
    if (ended.carry) leave_carry(*ended.carry);
    start_again();
    ended = run_once(arguments);
  }
  return ended.exit_code;
}

}  // namespace hawser::vipd
