#include "vipd/worker/worker_link.h"

#include <algorithm>

#include <boost/json.hpp>

namespace hawser::vipd {

WorkerLink::WorkerLink(boost::asio::io_context& context, Files files, OnReading on_reading, Tell tell)
    : files_(std::move(files)),
      on_reading_(std::move(on_reading)),
      tell_(std::move(tell)),
      worker_(context, part_program("vipd-worker"),
              {.started = [this] { started(); },
               .heard = [this](const boost::json::object& message) { take(message); },
               .ended = [this](const Ending& ending, auto pause) { ended(ending, pause); },
               .not_started = [this](const Error& why) { warn("start", why.text); }}) {}

// One that is started again is told anew.
void WorkerLink::started() {
  unasked_ = true;
  worker_.send(encode(Begin{files_}));
  if (secured_) worker_.send(encode(Secure{*secured_}));
}

void WorkerLink::read(config::Emptiness emptiness) {
  ++wanted_;
  worker_.send(encode(ReadFile{emptiness}));
}

void WorkerLink::keep() {
  worker_.send(encode(KeepLastGood{}));
}

void WorkerLink::secure(std::set<std::string> interfaces) {
  secured_ = std::move(interfaces);
  worker_.send(encode(Secure{*secured_}));
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
  this->answer(std::get<Reading>(*answer));
}

// A worker that was started again says what is known already.
void WorkerLink::answer(const Reading& reading) {
  const bool of_itself = std::exchange(unasked_, false);
  if (of_itself && wanted_ == 0) return;
  // What a worker was asked that died is answered by the first reading of the next one.
  wanted_ = of_itself ? 0 : std::max(wanted_ - 1, 0);
  on_reading_(reading);
}

void WorkerLink::ended(const Ending& ending, std::optional<Milliseconds> pause) {
  gone_ = !pause;
  if (pause) return warn("ended", fmt::format("ended with {}, started again", to_string(ending)));
  if (done_) done_();
}

// One that dies as soon as it is started does so for ever.
void WorkerLink::warn(std::string_view topic, std::string what) {
  Event event{.level = Level::kWarning, .object = "worker", .what = std::move(what)};
  if (const auto told = troubles_.say(topic, std::move(event), std::chrono::steady_clock::now()))
    tell_(*told);
}

}  // namespace hawser::vipd
