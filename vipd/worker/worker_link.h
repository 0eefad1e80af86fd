// The advertising process's end of the worker: asks it to read the file, hands over what it answers. Nothing
// here waits; a worker that hangs or is gone delays no advertisement.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include <boost/asio/io_context.hpp>

#include "lib/daemon/damper.h"
#include "lib/daemon/part.h"
#include "vipd/worker/worker_protocol.h"

namespace hawser::vipd {

class WorkerLink {
 public:
  // `answers`: how many of those who wait for a reading have it now.
  using OnReading = std::function<void(const Reading& reading, std::uint64_t answers)>;
  using OnRoute = std::function<void(const RouteReport& route)>;
  using OnFence = std::function<void(const FenceReport& fence)>;
  struct Heard {
    OnReading reading;
    OnRoute route = [](const RouteReport&) {};
    OnFence fence = [](const FenceReport&) {};
    std::function<void(const DropReport& report)> drop = [](const DropReport&) {};
  };

  WorkerLink(boost::asio::io_context& context, Files files, Heard heard, Tell tell);

  // Started afresh, the worker reads the file unasked; `on_reading` comes when it has.
  Status start() { return worker_.start(); }
  // Read the file again. Asked while the worker is being restarted, it is answered when it is back.
  void read(config::Emptiness emptiness);
  // Readings that somebody waits for.
  [[nodiscard]] std::uint64_t outstanding() const { return wanted_; }
  // Why it is not there, or does not answer; empty: all is well.
  [[nodiscard]] std::string trouble(TimePoint now) const;
  // What was read last is in use.
  void keep();
  void remember(std::string text);
  // TCP connections of addresses that are another host's now.
  void end_connections(std::vector<IpAddress> addresses);
  void secure(std::set<std::string> interfaces);
  void quiet(std::set<std::string> interfaces);
  // Nothing is accepted for these addresses, which stand in the file that is in use.
  void drop_for(Unaccepted addresses);
  // The addresses of what was read last that providers route are asked about from now on.
  void follow();
  // What this host is to the vip; a worker that is started again is told what was last said of each.
  void lead(const Lead& lead);
  void lead_again(const std::string& vip) { worker_.send(encode(LeadAgain{vip})); }
  void let_go() { worker_.let_go(); }  // it may end now: it is not started again
  // Its last task; `done` once it has ended.
  void release(std::function<void()> done);

 private:
  void started();
  void take(const boost::json::object& message);
  void answer(const Reading& reading);
  void back();
  void not_started(const Error& why);
  void ended(const Ending& ending, std::optional<Milliseconds> pause);
  void warn(std::string_view topic, std::string what);

  Files files_;
  Heard heard_;
  Tell tell_;
  Part worker_;
  Damper troubles_;
  bool unasked_ = true;          // the next answer is the one that a fresh worker gives of itself
  std::uint64_t wanted_ = 1;     // readings that somebody waits for: one at the start, one for each read()
  std::uint64_t for_first_ = 0;  // of them, those that its first one answers: asked before it was there
  TimePoint waiting_since_;      // for the oldest of them
  std::string gone_because_;     // until it answers again
  bool gone_ = false;
  std::optional<std::string> remembered_;
  std::optional<std::set<std::string>> secured_;  // what the worker was told last
  std::optional<std::set<std::string>> quieted_;
  std::optional<Unaccepted> dropped_;
  bool follows_ = false;
  std::map<std::string, Lead> led_;  // by vip
  std::function<void()> done_;
};

}  // namespace hawser::vipd
