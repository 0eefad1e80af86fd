// A child process, joined by a socket. It dies with its parent, and the parent learns when it died.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <sys/types.h>

#include "lib/base/fd.h"
#include "lib/base/result.h"

namespace hawser {

// How a process ended: "exit status 1", "signal 9 (Killed)".
struct Ending {
  bool by_signal = false;
  int number = 0;  // exit status or signal
  bool operator==(const Ending&) const = default;
};
std::string to_string(const Ending& ending);

class Child {
 public:
  using OnExit = std::function<void(const Ending&)>;

  // Where a child has its end of the socket. A path that goes by a descriptor must not go by this one: when
  // the program is started it is the socket.
  static constexpr int kSocket = 3;

  struct Program {
    std::string path;
    std::string name;  // what it is called in a list of processes
    std::vector<std::string> arguments{};
  };

  // With the other end of a SOCK_STREAM pair as kSocket. `on_exit` is called once, in the loop, unless
  // the object is destroyed before; it may destroy the object.
  static Result<std::unique_ptr<Child>> start(boost::asio::io_context& context, const Program& program,
                                              OnExit on_exit);
  ~Child();  // kills it (SIGKILL) and waits for it
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] int socket() const { return socket_.get(); }  // this end, close-on-exec, non-blocking
  Fd take_socket() { return std::move(socket_); }             // for who wants to own it
  void kill() const;  // SIGKILL: it ends though it hangs, and on_exit tells

 private:
  Child(boost::asio::io_context& context, pid_t pid, Fd pidfd, Fd socket, OnExit on_exit);
  void watch();
  void ended();
  boost::asio::posix::stream_descriptor pidfd_;
  pid_t pid_;
  Fd socket_;
  OnExit on_exit_;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);  // its end may be queued when the object goes
};

// In the child, first thing: ends with the parent from now on (PR_SET_PDEATHSIG) and returns descriptor 3.
// Refused when there is no such descriptor (the program was started by a person) or the parent is already
// gone.
Result<Fd> become_child();

}  // namespace hawser
