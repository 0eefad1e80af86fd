// Before vipd gives way to the program that is installed now, that program is asked whether it would start:
// `check --start` with the same file. Nothing here waits.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <sys/types.h>

#include "lib/base/fd.h"
#include "lib/base/result.h"
#include "vipd/worker/reading.h"

namespace hawser::vipd {

// The program that is installed now: after an upgrade the kernel marks the running one as deleted. Where
// there is none any more, the running one.
std::string own_program();

class Rehearsal {
 public:
  // The error: why it would not start.
  using Done = std::function<void(const Status&)>;

  // `done` comes once, in the loop; it may destroy the object.
  static Result<std::unique_ptr<Rehearsal>> start(boost::asio::io_context& context, std::string program,
                                                  const Files& files, Done done);
  ~Rehearsal();
  Rehearsal(const Rehearsal&) = delete;
  Rehearsal& operator=(const Rehearsal&) = delete;

 private:
  Rehearsal(boost::asio::io_context& context, std::string program, Done done);
  Status spawn(const Files& files);
  void read();
  void wait_for_end();
  void be_patient();
  void end(const Status& status);
  Status verdict(int status);

  std::string program_;
  Done done_;
  pid_t pid_ = 0;
  std::string output_;
  boost::asio::posix::stream_descriptor said_;
  boost::asio::posix::stream_descriptor pidfd_;
  boost::asio::steady_timer patience_;
};

}  // namespace hawser::vipd
