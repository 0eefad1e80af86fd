// hawser-runner without its file and its socket: takes requests, runs what they name one after the other, and
// answers each when it has ended.
#pragma once

#include <map>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "lib/control/later.h"
#include "lib/run/run.h"
#include "netd/runner/queue.h"
#include "netd/runner/record.h"

namespace hawser::netd {

class Runner {
 public:
  Runner(boost::asio::io_context& context, Tell tell) : context_(context), tell_(std::move(tell)) {}

  // What runs already goes on as it was begun.
  void use(Catalogue catalogue) { catalogue_ = std::move(catalogue); }
  // POST /v1/run: a refusal, or the answer to come.
  control::Response take(const control::Request& message);
  // Takes nothing more and ends what runs; `over` is called when nothing is left, perhaps at once, perhaps
  // twice.
  void stop(std::function<void()> over);

  [[nodiscard]] std::size_t objects() const { return catalogue_.objects.size(); }
  [[nodiscard]] boost::json::object status(const answer::ConfigStatus& source, const Latencies& loop) const;

 private:
  struct Wanted {
    run::Request request;
    std::shared_ptr<control::Later> answer;
  };
  struct Going {
    Running running;
    std::unique_ptr<run::Run> run;
  };

  void work();
  void begin(const Wanted& wanted);
  void start(const Wanted& wanted, const Runnable& runnable, const Fd& program);
  void not_begun(const Wanted& wanted, int status, const std::string& why);
  void finished(const Wanted& wanted, run::Outcome outcome);
  void gone(const std::string& object);
  void drop_abandoned();

  boost::asio::io_context& context_;
  Tell tell_;
  Catalogue catalogue_;
  Queue queue_;
  Queue::Ticket last_ticket_ = 0;
  std::map<Queue::Ticket, Wanted> wanted_;  // those that wait
  std::map<std::string, Going> going_;
  std::map<std::string, Record> records_;
  std::function<void()> over_;  // set: it stops
};

}  // namespace hawser::netd
