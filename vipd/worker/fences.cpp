#include "vipd/worker/fences.h"

#include <boost/asio.hpp>

#include "vipd/worker/accounts.h"

namespace hawser::vipd {

namespace asio = boost::asio;
using provider::Fenced;
using provider::FenceEnd;

namespace {

constexpr Milliseconds kPatience{120'000};  // of one try: a server takes a minute to go down
constexpr Milliseconds kBetweenTries{10'000};

std::string outcome(const std::string& node, Fenced fenced) {
  return fenced == Fenced::kOff ? fmt::format("{} is off", node)
                                : fmt::format("{} was reset (unconfirmed: its provider says no more)", node);
}

}  // namespace

struct Fences::Task {
  Task(asio::io_context& context, Lead from) : lead(std::move(from)), timer(context) {}
  Lead lead;
  std::vector<std::pair<std::string, FenceTarget>> waiting;
  std::shared_ptr<provider::Account> account;
  asio::steady_timer timer;
  std::string done;
  std::string said;
  bool gone = false;
};

Fences::Fences(asio::io_context& context, Files files, Report report, Tell tell)
    : context_(context), files_(std::move(files)), report_(std::move(report)), tell_(std::move(tell)) {}

Fences::~Fences() {
  for (const auto& [vip, task] : tasks_) task->gone = true;
}

void Fences::lead(const Lead& lead) {
  const bool wanted = lead.side == Side::kCandidate && lead.fence;
  if (const auto old = tasks_.extract(lead.vip)) {
    old.mapped()->gone = true;
    old.mapped()->timer.cancel();
  }
  const auto plan = plans_.find(lead.vip);
  if (!wanted || plan == plans_.end()) return;
  const auto task = std::make_shared<Task>(context_, lead);
  for (const auto& node : to_be_fenced(plan->second, lead.before))
    if (const auto target = plan->second.others.find(node); target != plan->second.others.end())
      task->waiting.emplace_back(*target);
  tasks_[lead.vip] = task;
  if (!task->waiting.empty()) return next(task);
  const std::string why =
      "no other node was heard since this host started, so none is fenced: the role is taken when one is "
      "heard, when "
      "the addresses lead here, or without require_fencing";
  report_({lead.vip, false, why});
  tell_({.kind = EventKind::kRole,
         .level = Level::kWarning,
         .object = lead.vip,
         .what = "the role waits: " + why});
}

void Fences::next(const std::shared_ptr<Task>& task) {
  if (task->gone) return;
  if (task->waiting.empty()) return report_({task->lead.vip, true, task->done});
  const auto& [node, target] = task->waiting.back();
  auto opened = provider::Account::open(account_settings(target.provider, files_));
  if (!opened) return later(task, fmt::format("{}: {}", node, opened.error().text));
  const auto account = std::make_shared<provider::Account>(std::move(*opened));
  if (task->said.empty()) {
    tell_({.kind = EventKind::kRole,
           .level = Level::kWarning,
           .object = task->lead.vip,
           .what = fmt::format("{} is being switched off by {} before its role is taken", node,
                               target.provider.name)});
  }
  provider::FenceWish wish{target.server, target.how, kPatience, task->lead.heard_at};
  asio::co_spawn(context_,
                 account->fence(context_.get_executor(), std::move(wish), [](const std::string&) {}),
                 [this, task, account](const std::exception_ptr& wrong, const FenceEnd& end) {
                   if (!task->gone) heard(task, wrong ? FenceEnd{} : end);
                 });
}

void Fences::heard(const std::shared_ptr<Task>& task, const FenceEnd& end) {
  const auto& node = task->waiting.back().first;
  if (end.fenced == Fenced::kNo) return later(task, fmt::format("{}: {}", node, end.last.text));
  ended(task, outcome(node, end.fenced));
}

void Fences::ended(const std::shared_ptr<Task>& task, const std::string& text) {
  task->waiting.pop_back();
  task->done += fmt::format("{}{}", task->done.empty() ? "" : ", ", text);
  tell_({.kind = EventKind::kRole,
         .level = Level::kWarning,
         .object = task->lead.vip,
         .what = text,
         .cause = {CauseKind::kProvider, ""}});
  next(task);
}

// The role is not taken meanwhile: that is what require_fencing asks for.
void Fences::later(const std::shared_ptr<Task>& task, const std::string& why) {
  report_({task->lead.vip, false, why});
  if (std::exchange(task->said, why) != why)
    tell_({.kind = EventKind::kRole,
           .level = Level::kWarning,
           .object = task->lead.vip,
           .what = fmt::format("the role waits: fencing failed, tried again in {}",
                               format_duration(kBetweenTries)),
           .cause = {CauseKind::kProvider, why}});
  task->timer.expires_after(kBetweenTries);
  task->timer.async_wait([this, task](const boost::system::error_code& cancelled) {
    if (!cancelled) next(task);
  });
}

}  // namespace hawser::vipd
