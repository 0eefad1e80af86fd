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
constexpr Milliseconds kBetweenLocks{60'000};  // after that was in vain: each waiting stops the whole worker

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

// What is known in this process, whichever account asks: one that is opened again goes on where it was.
struct BudgetFile::Known {
  Budget budget;
  bool is_ahead = false;  // of the file, which could not be written
  TimePoint not_before;   // that another program's lock is waited for again
};

std::map<std::filesystem::path, BudgetFile::Known>& BudgetFile::known() {
  static std::map<std::filesystem::path, Known> all;
  return all;
}

Status BudgetFile::use(const std::function<void(Budget&)>& change) {
  const auto now = std::chrono::steady_clock::now();
  const auto found = known().find(file_);
  auto* known = found == BudgetFile::known().end() ? nullptr : &found->second;
  const bool waits = known == nullptr || now >= known->not_before;
  const auto lock = waits ? alone(file_) : fail("{}: another program holds it", file_.string());
  auto budget = known != nullptr && (!lock || known->is_ahead)
                    ? known->budget
                    : Budget(limits_, read(file_), std::chrono::system_clock::now());
  change(budget);
  auto kept =
      lock ? write_atomically(file_, json::serialize(budget.kept(std::chrono::system_clock::now())) + "\n",
                              kOwnerOnly)
           : Status(tl::unexpected(lock.error()));
  const auto not_before = lock ? TimePoint() : waits ? now + kBetweenLocks : known->not_before;
  BudgetFile::known().insert_or_assign(file_, Known{budget, !kept, not_before});
  return kept;
}

}  // namespace hawser::vipd::provider
