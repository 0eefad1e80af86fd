#include "netd/runner/runner.h"

#include <cstdlib>

#include <boost/asio.hpp>
#include <boost/json.hpp>

#include "lib/control/json.h"
#include "lib/run/program.h"

namespace hawser::netd {
namespace {

constexpr int kBadRequest = 400;
constexpr int kUnavailable = 503;

control::Response answer_with(const run::Outcome& outcome) {
  return control::good({{"result", run::to_json(outcome)}});
}

run::Outcome not_started(const std::string& why) {
  return {.end = run::End::kNotStarted, .output = {}, .errors = {}, .text = "not started: " + why};
}

}  // namespace

control::Response Runner::take(const control::Request& message) {
  if (over_) return control::refusal(kUnavailable, "hawser-runner stops");
  const auto request = run::request_from(message.body);
  if (!request) return control::refusal(kBadRequest, request.error().text);
  if (const auto permitted = permit(catalogue_, *request); !permitted)
    return control::refusal(permitted.error().code, permitted.error().text);
  drop_abandoned();
  const auto ticket = ++last_ticket_;
  if (!queue_.add(ticket, request->object))
    return control::refusal(kUnavailable,
                            fmt::format("{}: {}: not begun: {} wait for it already", request->object,
                                        run::words_of(*request), queue_.waiting(request->object)));
  const auto later = std::make_shared<control::Later>();
  wanted_.emplace(ticket, Wanted{*request, later});
  work();
  control::Response response;
  response.later = later;
  return response;
}

void Runner::drop_abandoned() {
  std::erase_if(wanted_, [this](const auto& item) {
    if (item.second.answer->abandoned()) queue_.drop(item.first);
    return item.second.answer->abandoned();
  });
}

void Runner::work() {
  drop_abandoned();  // whoever went away does not know that it runs, and may ask for the contrary meanwhile
  for (const auto ticket : queue_.begin()) {
    const auto wanted = wanted_.extract(ticket);
    begin(wanted.mapped());
  }
}

// The file may be another one than when it was asked for.
void Runner::begin(const Wanted& wanted) {
  const auto runnable = permit(catalogue_, wanted.request);
  if (!runnable) return not_begun(wanted, runnable.error().code, runnable.error().text);
  const auto program = run::open_program((*runnable)->program);
  if (program) return start(wanted, **runnable, *program);
  finished(wanted, not_started(program.error().text));
  boost::asio::post(context_, [this, object = wanted.request.object] { gone(object); });
}

void Runner::not_begun(const Wanted& wanted, int status, const std::string& why) {
  wanted.answer->give(control::refusal(status, why));
  boost::asio::post(context_, [this, object = wanted.request.object] { gone(object); });
}

void Runner::start(const Wanted& wanted, const Runnable& runnable, const Fd& program) {
  const auto& object = wanted.request.object;
  run::Run::Callbacks callbacks{
      .finished = [this, wanted](run::Outcome outcome) { finished(wanted, std::move(outcome)); },
      .gone = [this, object] { gone(object); }};
  auto job = job_of(runnable, wanted.request, catalogue_.node, std::getenv("TZ"));
  going_[object] = {{wanted.request, std::chrono::system_clock::now()},
                    run::Run::start(context_, program, std::move(job), std::move(callbacks))};
}

void Runner::finished(const Wanted& wanted, run::Outcome outcome) {
  wanted.answer->give(answer_with(outcome));
  auto& record = records_[wanted.request.object];
  const Ran ran{wanted.request, std::move(outcome), std::chrono::system_clock::now()};
  if (const auto event = event_of(ran, &record)) tell_(*event);
  record.add(ran);
}

void Runner::gone(const std::string& object) {
  going_.erase(object);
  queue_.ended(object);
  if (!over_) return work();
  if (going_.empty()) over_();
}

void Runner::stop(std::function<void()> over) {
  over_ = std::move(over);
  for (const auto& [ticket, wanted] : wanted_)
    wanted.answer->give(control::refusal(kUnavailable, "hawser-runner stops: not begun"));
  wanted_.clear();
  for (const auto& [object, going] : going_) going.run->stop();
  if (going_.empty()) over_();
}

boost::json::object Runner::status(const answer::ConfigStatus& source, const Latencies& loop) const {
  std::map<std::string, Running> running;
  for (const auto& [object, going] : going_) running.emplace(object, going.running);
  std::map<std::string, std::size_t> waiting;
  for (const auto& [ticket, wanted] : wanted_) ++waiting[wanted.request.object];
  return runner_status_json({.catalogue = catalogue_,
                             .source = source,
                             .records = records_,
                             .running = running,
                             .waiting = waiting,
                             .loop = loop});
}

}  // namespace hawser::netd
