#include "vipd/provider/account.h"

#include <random>
#include <set>

#include <boost/asio.hpp>

#include "lib/base/wall_clock.h"

namespace hawser::vipd::provider {

namespace asio = boost::asio;
using std::chrono::steady_clock;
using std::chrono::system_clock;

namespace {

std::string_view plural_of(Ask ask) {
  if (ask == Ask::kSet) return "switches";
  return ask == Ask::kPowerOff ? "resets" : "reads";
}

Milliseconds in_seconds(Milliseconds wait) {
  return std::chrono::ceil<std::chrono::seconds>(wait);
}

Answer used_up(Ask ask, Milliseconds wait) {
  return {Meaning::kLimited,
          {},
          fmt::format("not asked: the {} that the account has are used up: the next in {}", plural_of(ask),
                      format_duration(in_seconds(wait))),
          wait};
}

Answer nearly_locked_out(Milliseconds wait) {
  return {Meaning::kDenied,
          {},
          fmt::format("not asked: these credentials were refused, and once more would lock this host out: "
                      "change them, or wait {}",
                      format_duration(in_seconds(wait))),
          {}};
}

std::string waiting(const std::string& why, Milliseconds length) {
  return fmt::format("{}: waiting for {}", why, format_duration(in_seconds(length)));
}

std::string switching(const Wish& wish) {
  if (wish.target.empty()) return fmt::format("unrouting {}", wish.address);
  return fmt::format("switching {} to {}", wish.address, wish.target);
}

constexpr Milliseconds kForTheOtherReset{100};

// One of a server at a time in this process. Null: it is another's turn; else the turn ends with it. Types
// that have a name, because g++ 12 warns of others within a coroutine.
std::shared_ptr<void> turn_of(const std::string& server) {
  static std::set<std::string> resetting;
  if (!resetting.insert(server).second) return nullptr;
  return {&resetting, [server](void*) { resetting.erase(server); }};
}

// What is known of a reset that was sent before; nullopt: it is to be sent again. A second push of the reset
// button does no more than the first; a second press of the power button undoes it.
std::optional<Answer> known_of(const SentReset& before) {
  const auto at = iso8601(before.at);
  if (before.answered)
    return Answer{Meaning::kAlready, before.server, fmt::format("it was reset at {} already", at), {}};
  if (!before.how.starts_with("power")) return std::nullopt;
  return Answer{
      Meaning::kUnknown,
      {},
      fmt::format("its power button was pressed at {}, and no answer came: it is not pressed again, "
                  "which might switch it on",
                  at),
      {}};
}

Result<Secret> secret_of(const Settings& settings) {
  if (settings.credentials.empty() && credentials_of(settings.kind) != Credentials::kNeeded) return Secret{};
  return read_secret(settings.credentials);
}

Result<Server> server_of(const Settings& settings, const Driver& driver, std::string authorization) {
  auto url = parse_url(settings.endpoint.empty() ? driver.endpoint() : settings.endpoint);
  if (!url) return tl::unexpected(url.error());
  return Server{std::move(*url),  settings.ca,    std::move(authorization),
                settings.timeout, settings.proxy, not_ready_yet()};
}

}  // namespace

double chance() {
  thread_local std::mt19937 random{std::random_device{}()};
  return std::uniform_real_distribution<>(0, 1)(random);
}

Result<Account> Account::open(const Settings& settings) {
  auto driver = driver_for(settings.kind, settings.endpoint);
  if (settings.kind == Kind::kExec && !settings.run) return fail("there is nobody here to run its program");
  if (settings.kind == Kind::kExec)
    return Account(std::move(driver), Way{{}, settings.run}, std::nullopt, WallTime());
  const auto secret = secret_of(settings);
  if (!secret) return tl::unexpected(secret.error());
  auto authorization = driver->authorization(secret->text);
  if (!authorization) return fail("{}: {}", settings.credentials, authorization.error().text);
  auto server = server_of(settings, *driver, std::move(*authorization));
  if (!server) return tl::unexpected(server.error());
  BudgetFile budget(settings.state_dir / "provider" / file_name(settings.kind, driver->account(secret->text)),
                    driver->limits());
  return Account(std::move(driver), Way{std::move(*server), {}}, std::move(budget), secret->changed);
}

void Account::use(const Tell& tell, const std::function<void(Budget&)>& change) {
  if (!budget_) return;
  if (auto kept = budget_->use(change); !kept)
    tell(fmt::format("the count of calls is not kept: {}", kept.error().text));
}

// Counted before it is made: a program that is killed in the call has made it.
std::optional<Answer> Account::over_budget(Ask ask, const Tell& tell) {
  std::optional<Answer> no;
  use(tell, [&](Budget& budget) {
    const auto now = system_clock::now();
    if (const auto wait = budget.wait_for_login(now, secret_changed_); wait > Milliseconds(0))
      no = nearly_locked_out(wait);
    else if (const auto until = budget.wait_for(ask, now); until > Milliseconds(0))
      no = used_up(ask, until);
    else
      budget.made(ask, now);
  });
  return no;
}

void Account::note(Ask ask, const Answer& answer, const Tell& tell) {
  if (answer.meaning == Meaning::kUnknown) return;
  use(tell, [&](Budget& budget) {
    const auto now = system_clock::now();
    if (answer.meaning == Meaning::kUnreached) return budget.not_made(ask);
    if (answer.meaning == Meaning::kDenied) return budget.denied(now, secret_changed_);
    budget.accepted();
    if (answer.meaning == Meaning::kLimited) budget.limited(ask, now, answer.wait);
  });
}

asio::awaitable<Answer> Account::ask_within_budget(asio::any_io_executor executor, Call call, Tell tell,
                                                   std::function<void()> changing) {
  if (auto no = over_budget(call.ask, tell)) co_return std::move(*no);
  auto answer = co_await carry_out(executor, *driver_, call, way_, changing);
  note(call.ask, answer, tell);
  co_return answer;
}

// Not a coroutine: it hands out the one of the other.
asio::awaitable<Answer> Account::ask(asio::any_io_executor executor, Call call, Tell tell) {
  return ask_within_budget(std::move(executor), std::move(call), std::move(tell), [] {});
}

std::optional<Answer> Account::reset_before(const FenceWish& wish, const Tell& tell) {
  if (!wish.heard_at) return std::nullopt;
  std::optional<SentReset> before;
  use(tell, [&](Budget& budget) { before = budget.reset_after(wish.server, *wish.heard_at); });
  return before ? known_of(*before) : std::nullopt;
}

std::function<void()> Account::write_down(const FenceWish& wish, const Tell& tell, bool& sent) {
  return [this, wish, tell, &sent] {
    sent = true;
    use(tell, [&](Budget& budget) { budget.sent({wish.server, wish.how, system_clock::now(), false}); });
  };
}

void Account::note_reset(const FenceWish& wish, const Answer& answer, const Tell& tell) {
  if (answer.meaning == Meaning::kUnknown) return;
  use(tell, [&](Budget& budget) {
    if (answer.meaning == Meaning::kDone) return budget.reset_done(wish.server);
    budget.reset_not_done(wish.server);
  });
}

// Who comes second hears what became of the first, and does not send another.
asio::awaitable<Answer> Account::reset(asio::any_io_executor executor, FenceWish wish, Tell tell) {
  auto turn = turn_of(wish.server);
  while (turn == nullptr) {
    asio::steady_timer timer(executor, kForTheOtherReset);
    co_await timer.async_wait(asio::use_awaitable);
    turn = turn_of(wish.server);
  }
  if (auto known = reset_before(wish, tell)) co_return std::move(*known);
  bool sent = false;
  Call call{Ask::kPowerOff, {}, wish.server, wish.how};  // named: g++ 12 destroys a braced one twice
  auto changing = write_down(wish, tell, sent);
  auto answer = co_await ask_within_budget(executor, std::move(call), tell, std::move(changing));
  if (sent) note_reset(wish, answer, tell);
  co_return answer;
}

asio::awaitable<End> Account::move(asio::any_io_executor executor, Wish wish, Tell tell) {
  Move move(wish, [this](const auto& one, const auto& other) { return is_same(one, other); });
  auto order = move.begin(steady_clock::now());
  for (;;) {
    if (auto* end = std::get_if<End>(&order)) co_return std::move(*end);
    if (const auto* wait = std::get_if<Wait>(&order)) {
      tell(waiting(wait->why.empty() ? "not there yet" : wait->why, wait->length));
      asio::steady_timer timer(executor, wait->length);
      co_await timer.async_wait(asio::use_awaitable);
      order = move.waited();
      continue;
    }
    const auto asks = std::get<provider::Ask>(order);
    tell(asks == Ask::kGet ? fmt::format("asking where {} leads", wish.address) : switching(wish));
    Call call{asks, wish.address, wish.target};  // named: g++ 12 destroys a braced one twice
    const auto answer = co_await ask(executor, std::move(call), tell);
    order = move.heard(answer, steady_clock::now(), chance());
  }
}

asio::awaitable<FenceEnd> Account::fence(asio::any_io_executor executor, FenceWish wish, Tell tell) {
  Fence fence(wish, driver_->power());
  auto order = fence.begin(steady_clock::now());
  if (driver_->power() == Power::kNone)
    co_return FenceEnd{Fenced::kNo, false, Answer{Meaning::kRefused, {}, "it cannot switch off servers", {}}};
  for (;;) {
    if (auto* end = std::get_if<FenceEnd>(&order)) co_return std::move(*end);
    if (const auto* wait = std::get_if<FenceWait>(&order)) {
      tell(waiting(wait->why, wait->length));
      asio::steady_timer timer(executor, wait->length);
      co_await timer.async_wait(asio::use_awaitable);
      order = fence.waited();
      continue;
    }
    const auto asks = std::get<provider::Ask>(order);
    tell(
        fmt::format("{} {}", asks == Ask::kPower ? "asking for the power of" : "switching off", wish.server));
    Answer answer;  // g++ 12 frees what it must not where a condition awaits one of two
    if (asks == Ask::kPowerOff && driver_->power() == Power::kReset) {
      answer = co_await reset(executor, wish, tell);
    } else {
      Call call{asks, {}, wish.server, wish.how};  // named: g++ 12 destroys a braced one twice
      answer = co_await ask(executor, std::move(call), tell);
    }
    order = fence.heard(answer, steady_clock::now(), chance());
  }
}

std::optional<Account::Left> Account::left() {
  if (!budget_ || driver_->limits().reads == 0) return std::nullopt;
  Left left;
  (void)budget_->use([&](Budget& budget) {
    const auto now = system_clock::now();
    left = {budget.left(Ask::kGet, now), budget.left(Ask::kSet, now)};
  });
  return left;
}

}  // namespace hawser::vipd::provider
