#include "vipd/provider/budget_file.h"

#include <cerrno>
#include <cstring>
#include <thread>

#include <boost/json.hpp>
#include <fcntl.h>
#include <sys/file.h>

#include "lib/base/atomic_file.h"
#include "lib/base/fd.h"
#include "vipd/provider/words.h"

namespace hawser::vipd::provider {

namespace {

namespace json = boost::json;

constexpr mode_t kOwnerOnly = 0600;
// It is held for a moment; one that is stopped in it (Ctrl-Z) must not stop the others.
constexpr Milliseconds kForTheOther{1'000};
constexpr Milliseconds kBetweenTries{10};

// A file of its own: the other one is replaced.
Result<Fd> alone(const std::filesystem::path& file) {
  std::error_code wrong;
  std::filesystem::create_directories(file.parent_path(), wrong);
  const auto lock = file.string() + ".lock";
  Fd fd(::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kOwnerOnly));
  if (!fd) return fail_with(errno, "{}: {}", lock, std::strerror(errno));
  for (auto left = kForTheOther; ::flock(fd.get(), LOCK_EX | LOCK_NB) != 0; left -= kBetweenTries) {
    if (errno != EWOULDBLOCK && errno != EINTR) return fail_with(errno, "{}: {}", lock, std::strerror(errno));
    if (left <= Milliseconds(0)) return fail("{}: another program holds it and goes on for too long", lock);
    std::this_thread::sleep_for(kBetweenTries);
  }
  return fd;
}

json::value read(const std::filesystem::path& file) {
  const auto text = read_file(file);
  boost::system::error_code wrong;
  auto value = text ? json::parse(*text, wrong) : json::value();
  return wrong ? json::value() : value;
}

}  // namespace

std::string file_name(Kind kind, const std::string& account) {
  return fmt::format("{}-{}.json", name_of(kind), form_encoded(account));
}

Status BudgetFile::use(const std::function<void(Budget&)>& change) {
  const auto lock = alone(file_);
  auto budget = lock || !known_ ? Budget(limits_, read(file_)) : *known_;
  change(budget);
  known_ = budget;
  if (!lock) return tl::unexpected(lock.error());
  return write_atomically(file_, json::serialize(budget.kept(std::chrono::system_clock::now())) + "\n",
                          kOwnerOnly);
}

}  // namespace hawser::vipd::provider
