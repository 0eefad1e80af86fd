#include "vipd/worker/routes.h"

#include <algorithm>

#include <boost/asio.hpp>

#include "lib/daemon/damper.h"
#include "vipd/worker/accounts.h"
#include "vipd/worker/route_events.h"

namespace hawser::vipd {

namespace asio = boost::asio;
using provider::Account;
using provider::Answer;
using provider::Ask;
using provider::Meaning;
using std::chrono::steady_clock;
using std::chrono::system_clock;

struct Routes::Route {
  Route(asio::io_context& context, const RoutePlan& from)
      : plan(from), keeper(from.address, from.own, from.look, steady_clock::now()), timer(context) {}

  RoutePlan plan;
  provider::RouteKeeper keeper;
  asio::steady_timer timer;
  std::shared_ptr<Account> account;  // for the next call; none: to be opened
  std::shared_ptr<Account> heard;    // of the last answer: it knows the names that this one uses
  RouteReport told;
  std::string told_trouble;  // to people
  Damper troubles;
  Account::Left left;  // as of the last call
  std::optional<provider::WallTime> read_at, since, next;
  std::optional<TimePoint> next_at;  // as `next`
  bool gone = false;                 // no longer in the file

  void note(const provider::RouteView& before);
  void rest_until(std::optional<TimePoint> when);
  [[nodiscard]] std::string node_of(const std::string& target) const;
  [[nodiscard]] RouteReport report() const;
};

namespace {

provider::WallTime in_wall_time(TimePoint time) {
  return system_clock::now() + std::chrono::duration_cast<system_clock::duration>(time - steady_clock::now());
}

// Of the account, not of the address: the same call would be as wrong for every other.
Answer unusable(const Error& why) {
  return {Meaning::kUnreached, {}, why.text, std::chrono::minutes(1)};
}

}  // namespace

// In wall-clock time, once: read again from the other clock it would be another each time.
void Routes::Route::note(const provider::RouteView& before) {
  const auto& view = keeper.view();
  if (heard) left = heard->left().value_or(Account::Left{});
  if (view.read_at != before.read_at) read_at = system_clock::now();
  if (view.standing != before.standing || view.target != before.target) since = read_at;
}

void Routes::Route::rest_until(std::optional<TimePoint> when) {
  if (std::exchange(next_at, when) == when) return;
  next = when ? std::optional(in_wall_time(*when)) : std::nullopt;
}

std::string Routes::Route::node_of(const std::string& target) const {
  if (target.empty()) return {};
  for (const auto& [node, is] : plan.targets)
    if (heard ? heard->is_same(is, target) : is == target) return node;
  return {};
}

RouteReport Routes::Route::report() const {
  const auto& view = keeper.view();
  RouteReport report;
  report.vip = plan.vip;
  report.address = plan.address;
  report.provider = plan.provider.name;
  report.standing = view.standing;
  report.target = view.target;
  report.node = node_of(view.target);
  report.read_at = read_at;
  report.since = since;
  report.trouble = view.trouble;
  report.next = next;
  report.asking = view.asking;
  report.confirmed = view.confirmed;
  report.lost = view.lost;
  report.left_behind = view.left_behind;
  report.reads_left = left.reads;
  report.switches_left = left.switches;
  return report;
}

Routes::Routes(asio::io_context& context, Files files, Report report, Tell tell)
    : context_(context), files_(std::move(files)), report_(std::move(report)), tell_(std::move(tell)) {}

Routes::~Routes() {
  for (const auto& [key, route] : routes_) route->gone = true;
}

void Routes::use(const std::vector<RoutePlan>& plans) {
  proven_.clear();
  std::map<Key, std::shared_ptr<Route>> kept;
  for (const auto& plan : plans) kept[{plan.vip, plan.address}] = route_for(plan);
  for (const auto& [key, route] : routes_) retire(route);
  routes_ = std::move(kept);
  for (const auto& [key, route] : routes_) drive(route);
}

// At another provider it is another register: nothing that is known of the old one counts.
std::shared_ptr<Routes::Route> Routes::route_for(const RoutePlan& plan) {
  if (auto old = routes_.extract(Key{plan.vip, plan.address})) {
    auto& route = old.mapped();
    if (route->plan.provider == plan.provider) {
      route->account.reset();  // credentials and CA are read anew, and the look that follows makes them ready
      route->plan = plan;
      route->keeper.reconfigure(plan.own, plan.look, steady_clock::now());
      return route;
    }
    retire(route);
  }
  auto route = std::make_shared<Route>(context_, plan);
  if (const auto known = led_.find(plan.vip); known != led_.end()) {
    auto lead = known->second;
    lead.begin = provider::Begin::kByReading;
    this->lead(*route, lead);
  }
  return route;
}

// Its call is not called back; whoever has the address next waits for it.
void Routes::retire(const std::shared_ptr<Route>& route) {
  route->gone = true;
  route->timer.cancel();
  if (route->keeper.view().asking) ending_[route->plan.address] = route;
}

void Routes::ended(const std::shared_ptr<Route>& route) {
  const auto found = ending_.find(route->plan.address);
  if (found == ending_.end() || found->second != route) return;
  ending_.erase(found);
  drive_all();
}

void Routes::drive_all() {
  for (const auto& [key, route] : routes_) drive(route);
}

// Credentials that nobody has taken yet are tried by one call at a time: three refused logins lock the host
// out.
bool Routes::is_held_back(const Route& route) const {
  if (ending_.contains(route.plan.address)) return true;
  if (proven_.contains(route.plan.provider.name)) return false;
  return std::ranges::any_of(routes_, [&](const auto& entry) {
    const auto& other = *entry.second;
    return &other != &route && other.plan.provider.name == route.plan.provider.name &&
           other.keeper.view().asking;
  });
}

// Not by what is only known here: that the calls are used up.
void Routes::prove(const Route& route, Meaning meaning) {
  const auto& name = route.plan.provider.name;
  switch (meaning) {
    case Meaning::kRouted:
    case Meaning::kDone:
    case Meaning::kAlready:
    case Meaning::kBusy:
    case Meaning::kRefused:
      proven_.insert(name);
      return;
    case Meaning::kDenied:
      proven_.erase(name);
      return;
    default:
      return;
  }
}

void Routes::lead(const Lead& lead) {
  led_[lead.vip] = lead;
  for (const auto& [key, route] : routes_) {
    if (key.first != lead.vip) continue;
    this->lead(*route, lead);
    drive(route);
  }
}

void Routes::lead(Route& route, const Lead& lead) {
  const auto now = steady_clock::now();
  // A candidate has it led here where the provider is the arbiter, and not before the other is off.
  const bool takes =
      lead.side == Side::kActive || (lead.side == Side::kCandidate && route.plan.arbiter && !lead.fence);
  if (!takes) return route.keeper.leave(now);
  std::optional<std::string> before;
  if (lead.before)
    if (const auto sender = route.plan.senders.find(*lead.before); sender != route.plan.senders.end())
      before = sender->second;
  route.keeper.take(lead.begin, std::move(before), now);
}

void Routes::again(const LeadAgain& again) {
  for (const auto& [key, route] : routes_) {
    if (key.first != again.vip) continue;
    route->keeper.again(steady_clock::now());
    drive(route);
  }
}

void Routes::drive(const std::shared_ptr<Route>& route) {
  if (route->gone || is_held_back(*route)) return;
  const auto next = route->keeper.next(steady_clock::now());
  const auto* ask = std::get_if<Ask>(&next);
  const auto* when = std::get_if<TimePoint>(&next);
  route->timer.cancel();
  if (ask != nullptr) call(route, *ask);  // first: whatever is told of it can wait
  route->rest_until(when == nullptr ? std::nullopt : std::optional(*when));
  tell(*route);
  if (when == nullptr) return;
  route->timer.expires_at(*when);
  route->timer.async_wait([this, route](const boost::system::error_code& cancelled) {
    if (!cancelled) drive(route);
  });
}

void Routes::call(const std::shared_ptr<Route>& route, Ask ask) {
  if (!route->account) {
    auto opened = Account::open(account_settings(route->plan.provider, files_));
    if (!opened)
      return asio::post(
          context_, [this, route, answer = unusable(opened.error())] { heard(route, route->heard, answer); });
    route->account = std::make_shared<Account>(std::move(*opened));
  }
  const auto account = route->account;
  // What is told there is that the count of calls cannot be kept: on a disk that is full the calls go on.
  const auto note = [this, route](const std::string& line) {
    Event event{.kind = EventKind::kStorage, .level = Level::kWarning, .object = route->plan.provider.name};
    event.what = line;
    if (const auto told = route->troubles.say("count", std::move(event), steady_clock::now())) tell_(*told);
  };
  provider::Call call{ask, route->plan.address, route->keeper.own(), {}};
  asio::co_spawn(
      context_, account->ask(context_.get_executor(), std::move(call), note),
      [this, route, account](const std::exception_ptr& wrong, const Answer& answer) {
        if (route->gone) return ended(route);
        heard(route, account, wrong ? Answer{Meaning::kUnknown, {}, "the call broke off", {}} : answer);
      });
}

// `account`: the one that was asked; the file may have been read again since.
void Routes::heard(const std::shared_ptr<Route>& route, const std::shared_ptr<Account>& account,
                   const Answer& answer) {
  if (route->gone) return;
  route->heard = account;
  const provider::Move::IsSame is_same = [account](const std::string& one, const std::string& other) {
    return account ? account->is_same(one, other) : one == other;
  };
  const auto before = route->keeper.view();
  route->keeper.heard(answer, is_same, steady_clock::now(), provider::chance());
  route->note(before);
  // Credentials may have been replaced: read anew for the next call.
  if (answer.meaning == Meaning::kDenied) route->account.reset();
  const bool held_others_back = !proven_.contains(route->plan.provider.name);
  prove(*route, answer.meaning);
  drive(route);
  if (held_others_back) drive_all();
}

// What has changed, to vipd for its status, and to people where it is worth a line.
void Routes::tell(Route& route) {
  const auto now = route.report();
  if (now == route.told) return;
  const auto before = std::exchange(route.told, now);
  report_(now);
  for (const auto& event : route_events(before, now, route.keeper.is_taken())) tell_(event);
  if (now.trouble.empty()) {
    route.told_trouble.clear();
    return route.troubles.over("provider");
  }
  // Known while the next call was on its way already, it is told after that one.
  if (!now.next || now.trouble == route.told_trouble) return;
  route.told_trouble = now.trouble;
  const auto wait = std::chrono::duration_cast<Milliseconds>(*now.next - system_clock::now());
  if (const auto told = route.troubles.say("provider", trouble_event(now, wait), steady_clock::now()))
    tell_(*told);
}

}  // namespace hawser::vipd
