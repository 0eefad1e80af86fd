#include "vipd/worker/no_accept.h"

#include <cerrno>
#include <cstring>

#include <boost/asio.hpp>
#include <unistd.h>

#include "lib/base/atomic_file.h"
#include "lib/daemon/daemon_events.h"
#include "vipd/addresses/unaccepted.h"

namespace hawser::vipd {

namespace {

constexpr Milliseconds kAfterRefusal{10'000};
constexpr Milliseconds kBetweenPuttingBack{1'000};

std::filesystem::path journal_in(const std::filesystem::path& state_directory) {
  return state_directory / "vipd-unaccepted";
}

bool is_there(const std::filesystem::path& file) {
  std::error_code unknown;
  return std::filesystem::exists(file, unknown);
}

std::string table_name() {
  return fmt::format("table inet {}", nl::kUnacceptedTable);
}

}  // namespace

NoAccept::NoAccept(boost::asio::io_context& context, const std::filesystem::path& state_directory,
                   Report report, Tell tell)
    : journal_(journal_in(state_directory)),
      report_(std::move(report)),
      tell_(std::move(tell)),
      changes_(context),
      again_(context) {}

// With what is there: another run's vips may still hold the addresses of it.
void NoAccept::extend(const Unaccepted& also) {
  auto wanted = either(wanted_, also);
  if (is_there(journal_))
    if (const auto there = table_.observe(); there && *there && (*there)->ours)
      wanted = either(wanted, (*there)->contents);
  if (wanted.empty()) return;
  wanted_ = std::move(wanted);
  keep();
}

void NoAccept::want(const Unaccepted& wanted) {
  const bool concerned = !wanted.empty() || !wanted_.empty() || is_there(journal_);
  wanted_ = wanted;
  if (concerned) keep();
}

void NoAccept::keep() {
  if (!wanted_.empty() && !is_there(journal_))
    if (const auto written = write_atomically(journal_, "see vipd(8), accept\n"); !written)
      tell_(trouble_event(EventKind::kStorage, written.error()));
  if (!wanted_.empty()) listen();
  if (!bring_about() || !wanted_.empty()) return;
  changes_.close();
  monitor_.reset();
  again_.cancel();
  std::error_code ignored;
  std::filesystem::remove(journal_, ignored);
}

// Whether there was anything to do; nullopt: it cannot be done now.
std::optional<bool> NoAccept::bring_about() {
  const auto kept = table_.keep(wanted_);
  if (!kept) {
    say_not_kept(kept.error());
    return std::nullopt;
  }
  if (trouble_.empty()) return *kept;
  trouble_.clear();
  troubles_.over("accept");
  tell_({.kind = EventKind::kAddress, .object = table_name(), .to = "accept = false is kept now"});
  report_(trouble_);
  return *kept;
}

// It is tried again: somebody may load the module, or take away what is in the way.
void NoAccept::say_not_kept(const Error& why) {
  keep_again(kAfterRefusal);
  if (why.text == trouble_) return;
  trouble_ = why.text;
  Event event{.kind = EventKind::kRefusal,
              .level = Level::kWarning,
              .object = table_name(),
              .what = "accept = false is not kept: packets to the vips' addresses are accepted",
              .cause = {CauseKind::kKernel, why.text}};
  if (const auto told = troubles_.say("accept", std::move(event), std::chrono::steady_clock::now()))
    tell_(*told);
  report_(trouble_);
}

void NoAccept::keep_again(Milliseconds after) {
  again_.expires_after(after);
  again_.async_wait([this](const boost::system::error_code& cancelled) {
    if (cancelled) return;
    if (std::exchange(by_others_, false)) return put_back();
    keep();
  });
}

// From before the table is made, so that nothing is missed.
void NoAccept::listen() {
  if (!monitor_) {
    auto opened = NftMonitor::open(nl::kUnacceptedTable);
    if (!opened) return;  // what makes the table says why
    const int copy = ::dup(opened->fd());
    if (copy < 0) return;
    monitor_ = std::move(*opened);
    changes_.assign(copy);
  } else if (changes_.is_open()) {
    return;
  }
  changed_by_others();
}

void NoAccept::changed_by_others() {
  changes_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                      [this](const boost::system::error_code& cancelled) {
                        if (cancelled || !monitor_) return;
                        const auto heard = monitor_->drain();
                        if (!heard || *heard) put_back();
                        if (monitor_) changed_by_others();
                      });
}

// Our own changes are heard as well, and leave nothing to do. Not more often than somebody who takes it away
// again and again could make us.
void NoAccept::put_back() {
  const auto now = std::chrono::steady_clock::now();
  const auto next = put_back_at_ + kBetweenPuttingBack;
  if (now < next) {
    by_others_ = true;
    return keep_again(std::chrono::ceil<Milliseconds>(next - now));
  }
  if (!bring_about().value_or(false)) return;
  put_back_at_ = now;
  Event event{.kind = EventKind::kAddress,
              .level = Level::kWarning,
              .object = table_name(),
              .what = "changed by somebody else",
              .to = "put back",
              .cause = {CauseKind::kOthers, ""}};
  if (const auto told = troubles_.say("put back", std::move(event), now)) tell_(*told);
}

Result<bool> remove_unaccepted(const std::filesystem::path& state_directory) {
  const auto journal = journal_in(state_directory);
  if (!is_there(journal)) return false;
  auto removed = UnacceptedKeeper().keep({});
  std::error_code ignored;
  if (removed) std::filesystem::remove(journal, ignored);
  return removed;
}

}  // namespace hawser::vipd
