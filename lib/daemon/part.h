// A part of a daemon that is a program of its own: vipd's worker, netd's bond guard. It is started, joined by
// a channel, and started again when it ended, ever later when it keeps ending.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "lib/daemon/channel.h"
#include "lib/daemon/child.h"
#include "lib/daemon/restart.h"

namespace hawser {

class Part {
 public:
  struct Callbacks {
    // A fresh process is there: whatever it has to know is sent now, after a restart too.
    std::function<void()> started;
    Channel::OnMessage heard;
    // It ended and is started again after `pause`; of one that was let go, `pause` is nothing.
    std::function<void(const Ending& ending, std::optional<Milliseconds> pause)> ended;
    // It could not be started, and it is tried again.
    std::function<void(const Error& why)> not_started;
  };

  // `program`: part_program() of its name. It is opened now, so that what is started again later is of the
  // same version as this process, whatever was installed meanwhile.
  Part(boost::asio::io_context& context, const Result<std::filesystem::path>& program, Callbacks callbacks);

  // The first start; an error is the caller's business, nothing is tried again.
  Status start();
  // The same for who can do without it for a while: an error goes to `not_started`, and it is tried again.
  void keep_running();
  // Kills it; it is not started again by itself.
  void stop();
  // It may end from now on, and is not started again.
  void let_go() { going_ = true; }
  // It does not answer any more: ends it, and starts it again.
  void kill();

  [[nodiscard]] bool is_running() const { return child_ != nullptr; }
  [[nodiscard]] pid_t pid() const { return child_ ? child_->pid() : 0; }
  // To one that is not running it goes nowhere: `started` comes.
  void send(const boost::json::object& message);

 private:
  void died(const Ending& ending);
  void start_later(Milliseconds pause);

  boost::asio::io_context& context_;
  std::string name_;
  Result<Fd> program_;
  Callbacks callbacks_;
  std::unique_ptr<Child> child_;
  std::unique_ptr<Channel> channel_;
  boost::asio::steady_timer timer_;
  Restart restart_;
  TimePoint started_;
  bool going_ = false;
};

// Where the part of that name is: beside this program (a build), else in ../libexec/hawser from there. Error:
// it is not known where this program is.
Result<std::filesystem::path> part_program(std::string_view name);

}  // namespace hawser
