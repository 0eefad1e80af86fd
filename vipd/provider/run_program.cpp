#include "vipd/provider/run_program.h"

#include <cstdlib>

#include <boost/asio.hpp>
#include <boost/json.hpp>

#include "lib/run/program.h"

namespace hawser::vipd::provider {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

std::string input_of(const ProgramCall& call) {
  const boost::json::object said{
      {"format", 1},
      {"action", call.action},
      {"address", to_string(call.address)},
      {"target", call.target.empty() ? boost::json::value() : boost::json::value(call.target)}};
  return boost::json::serialize(said) + "\n";
}

// NOLINTNEXTLINE(performance-unnecessary-value-param): a coroutine holds what it needs
asio::awaitable<Exchange> carry_out_here(asio::any_io_executor executor, fs::path program,
                                         Milliseconds timeout, ProgramCall call) {
  Exchange result;
  const auto file = run::open_program(program);
  if (!file) {
    result.why = file.error().text;
    co_return result;
  }
  asio::steady_timer finished(executor, asio::steady_timer::time_point::max());
  run::Run::Callbacks callbacks;
  callbacks.finished = [&result, &finished](const run::Outcome& outcome) {
    result = exchange_of(outcome);
    finished.cancel();
  };
  run::Job job;
  job.image = image_of(program, call, std::getenv("TZ"));
  job.limit = timeout;
  auto& context = static_cast<asio::io_context&>(asio::query(executor, asio::execution::context));
  const auto running = run::Run::start(context, *file, std::move(job), std::move(callbacks));
  boost::system::error_code cancelled;
  co_await finished.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  co_return result;
}

// NOLINTNEXTLINE(performance-unnecessary-value-param): a coroutine holds what it needs
asio::awaitable<Exchange> have_carried_out(asio::any_io_executor executor, fs::path socket,
                                           run::Request request, Milliseconds deadline) {
  const auto answer = co_await run::ask(executor, std::move(socket), std::move(request), deadline);
  co_return exchange_of(answer);
}

}  // namespace

RunProgram run_here(fs::path program, Milliseconds timeout) {
  return [program = std::move(program), timeout](asio::any_io_executor executor, ProgramCall call) {
    return carry_out_here(std::move(executor), program, timeout, std::move(call));
  };
}

RunProgram run_by_runner(fs::path socket, std::string object, Milliseconds deadline) {
  return [socket = std::move(socket), object = std::move(object), deadline](asio::any_io_executor executor,
                                                                            const ProgramCall& call) {
    run::Request request;
    request.object = object;
    request.action = from_name<run::Action>(call.action).value_or(run::Action::kGet);
    request.address = to_string(call.address);
    request.target = call.target;
    return have_carried_out(std::move(executor), socket, std::move(request), deadline);
  };
}

Exchange exchange_of(const run::Outcome& outcome) {
  Exchange result;
  if (outcome.end == run::End::kExited) {
    result.reached = Reached::kAnswered;
    result.reply.status = static_cast<unsigned>(outcome.number);
    result.reply.body = outcome.output;
    result.reply.errors = outcome.errors;
    return result;
  }
  result.reached = outcome.end == run::End::kNotStarted ? Reached::kNot : Reached::kSent;
  result.why = "the program: " + outcome.text;
  return result;
}

// What the runner refuses, or has no room for, was not run.
Exchange exchange_of(const run::Answer& answer) {
  if (answer.heard == run::Heard::kOutcome) return exchange_of(answer.outcome);
  Exchange result;
  result.reached = answer.heard == run::Heard::kUnknown ? Reached::kSent : Reached::kNot;
  result.why = answer.text;
  return result;
}

run::Image image_of(const fs::path& program, const ProgramCall& call, const char* time_zone) {
  run::Image image;
  image.words = {program.string(), call.action};
  if (call.action == "set") image.words.push_back(call.target);
  image.environment = {
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      "LANG=C.UTF-8",
      "HAWSER_ACTION=" + call.action,
      fmt::format("HAWSER_ADDRESS={}", call.address),
      "HAWSER_TARGET=" + call.target,
  };
  if (time_zone != nullptr) image.environment.push_back(std::string("TZ=") + time_zone);
  image.input = input_of(call);
  return image;
}

}  // namespace hawser::vipd::provider
