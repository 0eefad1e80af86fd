// Asking a daemon from within an event loop: nothing waits but the coroutine.
#pragma once

#include <filesystem>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "lib/base/duration.h"
#include "lib/base/result.h"
#include "lib/control/message.h"

namespace hawser::control {

// How far it came, which decides whether the request may have been carried out.
struct Reached {
  Result<Response> answer;  // the error's code and words as of ask() in client.h, without the daemon's name
  bool connected = false;   // false: the request went to nobody
};

boost::asio::awaitable<Reached> ask_async(boost::asio::any_io_executor executor, std::filesystem::path path,
                                          Request request, Milliseconds deadline);

}  // namespace hawser::control
