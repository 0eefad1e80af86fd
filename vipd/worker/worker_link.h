// The advertising process's end of the worker: asks it to read the file, hands over what it answers, starts
// it again when it dies. Nothing here waits; a worker that hangs or is gone delays no advertisement.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "lib/daemon/child.h"
#include "lib/daemon/damper.h"
#include "lib/daemon/restart.h"
#include "vipd/worker/worker.h"
#include "vipd/worker/worker_protocol.h"

namespace hawser::vipd {

class WorkerLink {
 public:
  using OnReading = std::function<void(const Reading&)>;

  WorkerLink(boost::asio::io_context& context, Files files, OnReading on_reading, Tell tell);

  // Started afresh, the worker reads the file unasked; `on_reading` comes when it has.
  Status start();
  // Read the file again. Asked while the worker is being restarted, it is answered when it is back.
  void read(config::Emptiness emptiness);
  void keep();
  void secure(const std::set<std::string>& interfaces);
  void let_go() { going_ = true; }  // it may end now: it is not started again
  // Its last task; `done` once it has ended.
  void release(std::function<void()> done);

 private:
  void wait();
  void take();
  void answer(const std::string& text);
  void ask(std::string_view what);
  void died(const Ending& ending);
  void start_later(Milliseconds wait);
  void warn(std::string_view topic, std::string what);

  boost::asio::io_context& context_;
  Files files_;
  OnReading on_reading_;
  Tell tell_;
  std::unique_ptr<Child> child_;
  boost::asio::posix::stream_descriptor socket_;
  boost::asio::steady_timer timer_;
  Assembler assembler_;
  Restart restart_;
  Damper troubles_;
  std::chrono::steady_clock::time_point started_;
  bool unasked_ = true;  // the next answer is the one that a fresh worker gives of itself
  bool going_ = false;
  bool gone_ = false;
  std::string securing_;  // what the worker was told last; one that is started again is told anew
  std::function<void()> done_;
  bool wanted_ = true;  // and somebody waits for it: at the start, after read()
};

}  // namespace hawser::vipd
