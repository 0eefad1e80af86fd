#include "vipd/worker/worker_link.h"

#include <boost/json.hpp>

namespace hawser::vipd {

namespace {
constexpr Milliseconds kSlow{10000};  // a reading that takes longer is said
}

WorkerLink::WorkerLink(boost::asio::io_context& context, Files files, Heard heard, Tell tell)
    : files_(std::move(files)),
      heard_(std::move(heard)),
      tell_(std::move(tell)),
      worker_(context, part_program("vipd-worker"),
              {.started = [this] { started(); },
               .heard = [this](const boost::json::object& message) { take(message); },
               .ended = [this](const Ending& ending, auto pause) { ended(ending, pause); },
               .not_started = [this](const Error& why) { not_started(why); }}) {}

// One that is started again is told anew.
void WorkerLink::started() {
  unasked_ = true;
  for_first_ = wanted_;
  waiting_since_ = std::chrono::steady_clock::now();
  worker_.send(encode(Begin{files_}));
  if (remembered_) worker_.send(encode(Remember{*remembered_}));
  if (secured_) worker_.send(encode(Secure{*secured_}));
  if (quieted_) worker_.send(encode(Quiet{*quieted_}));
  if (dropped_) worker_.send(encode(DropFor{*dropped_}));
  if (follows_) worker_.send(encode(Follow{}));
  // The one before it may have switched: it is read before anything is done.
  for (auto& [vip, lead] : led_) {
    lead.begin = provider::Begin::kByReading;
    worker_.send(encode(lead));
  }
}

void WorkerLink::read(config::Emptiness emptiness) {
  if (wanted_++ == 0) waiting_since_ = std::chrono::steady_clock::now();
  worker_.send(encode(ReadFile{emptiness}));
}

void WorkerLink::keep() {
  worker_.send(encode(KeepLastGood{}));
}

void WorkerLink::remember(std::string text) {
  remembered_ = std::move(text);
  worker_.send(encode(Remember{*remembered_}));
}

void WorkerLink::secure(std::set<std::string> interfaces) {
  secured_ = std::move(interfaces);
  worker_.send(encode(Secure{*secured_}));
}

void WorkerLink::quiet(std::set<std::string> interfaces) {
  quieted_ = std::move(interfaces);
  worker_.send(encode(Quiet{*quieted_}));
}

void WorkerLink::drop_for(Unaccepted addresses) {
  if (dropped_ == addresses) return;
  dropped_ = std::move(addresses);
  worker_.send(encode(DropFor{*dropped_}));
}

void WorkerLink::end_connections(std::vector<IpAddress> addresses) {
  worker_.send(encode(EndConnections{std::move(addresses)}));
}

void WorkerLink::follow() {
  follows_ = true;
  worker_.send(encode(Follow{}));
}

void WorkerLink::lead(const Lead& lead) {
  led_[lead.vip] = lead;
  worker_.send(encode(lead));
}

void WorkerLink::release(std::function<void()> done) {
  worker_.let_go();
  if (!worker_.is_running() || gone_) return done();
  done_ = std::move(done);
  worker_.send(encode(Release{}));
}

void WorkerLink::take(const boost::json::object& message) {
  const auto answer = decode_from_worker(message);
  if (!answer) return warn("answer", answer.error().text);
  if (const auto* event = std::get_if<Event>(&*answer)) return tell_(*event);
  if (const auto* route = std::get_if<RouteReport>(&*answer)) return heard_.route(*route);
  if (const auto* fence = std::get_if<FenceReport>(&*answer)) return heard_.fence(*fence);
  if (const auto* drop = std::get_if<DropReport>(&*answer)) return heard_.drop(*drop);
  this->answer(std::get<Reading>(*answer));
}

// A worker that was started again says what is known already, unless somebody still waits: what the one
// before it was asked, its first reading answers.
void WorkerLink::answer(const Reading& reading) {
  const bool of_itself = std::exchange(unasked_, false);
  const auto answers = of_itself ? for_first_ : 1;
  wanted_ -= answers;
  waiting_since_ = std::chrono::steady_clock::now();
  if (!gone_because_.empty()) back();
  if (answers > 0) heard_.reading(reading, answers);
}

void WorkerLink::back() {
  gone_because_.clear();
  troubles_.over("ended");
  troubles_.over("start");
  tell_({.object = "worker", .to = "there again"});
}

std::string WorkerLink::trouble(TimePoint now) const {
  if (!gone_because_.empty()) return gone_because_;
  if (wanted_ == 0 || now - waiting_since_ < kSlow) return {};
  return fmt::format(
      "has not read the file for {}: a reload waits; if it hangs, end process {}, which is started again",
      format_duration(std::chrono::duration_cast<std::chrono::seconds>(now - waiting_since_)), worker_.pid());
}

void WorkerLink::ended(const Ending& ending, std::optional<Milliseconds> pause) {
  gone_ = !pause;
  if (!pause) return done_ ? done_() : void();
  gone_because_ = fmt::format("ended with {}, started again", to_string(ending));
  warn("ended", gone_because_);
}

void WorkerLink::not_started(const Error& why) {
  gone_because_ = why.text;
  warn("start", why.text);
}

// One that dies as soon as it is started does so for ever.
void WorkerLink::warn(std::string_view topic, std::string what) {
  Event event{.level = Level::kWarning, .object = "worker", .what = std::move(what)};
  if (const auto told = troubles_.say(topic, std::move(event), std::chrono::steady_clock::now()))
    tell_(*told);
}

}  // namespace hawser::vipd
