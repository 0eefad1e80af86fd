// The file as it is now, read by a worker of its own that changes nothing on this host: for who only wants to
// know what would come of it. What the worker in use has read last stays the last.
#pragma once

#include <functional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "lib/base/result.h"
#include "vipd/worker/worker_link.h"

namespace hawser::vipd {

class ReadAhead {
 public:
  // The error: why the file could not be read; what is wrong in it is in the reading.
  using Done = std::function<void(const Result<Reading>&)>;

  // `done` comes once, in the loop; it may destroy the object.
  ReadAhead(boost::asio::io_context& context, Files files, config::Emptiness emptiness, Done done);
  Status start();

 private:
  void take(const Reading& reading);
  void end(Result<Reading> result);

  boost::asio::io_context& context_;
  config::Emptiness emptiness_;
  Done done_;
  WorkerLink worker_;
  boost::asio::steady_timer patience_;
};

}  // namespace hawser::vipd
