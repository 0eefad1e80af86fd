// One run of a program of the user's: started, given its data, its output kept up to a limit, ended when its
// time is over. Nothing that it does or starts holds up the loop, and nothing of it outlives it.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "lib/base/duration.h"
#include "lib/base/fd.h"
#include "lib/base/names.h"
#include "lib/run/minder.h"

namespace hawser::run {

inline constexpr std::size_t kMostOutput = 4096;  // bytes kept of stdout, and of stderr; the rest is dropped

enum class End : std::uint8_t {
  kExited,      // by itself, with a status
  kSignalled,   // by a signal
  kTimedOut,    // its time was over, and it was ended
  kStopped,     // whoever runs it ends
  kNotStarted,  // nothing of it happened
  kLost,        // nobody knows: the process that minded it is gone
};

struct Outcome {
  End end = End::kLost;
  int number = 0;        // kExited: the status; kSignalled: the signal
  Milliseconds took{0};  // from its start
  std::string output, errors;
  bool cut = false;  // there was more output
  std::string text;  // "exit status 3", "signal 9 (Killed)", "not ended within 10s: killed", why not started
  bool operator==(const Outcome&) const = default;
};

// The words for what is not a reason of its own. Pure.
std::string words_of(End end, int number, Milliseconds limit);

struct Job {
  Image image;
  Milliseconds limit{30000};
  Milliseconds grace{2000};  // from SIGTERM to SIGKILL
};

class Run {
 public:
  // Both in the loop, and each may destroy the object, once `gone` was called.
  struct Callbacks {
    std::function<void(Outcome)> finished;
    std::function<void()> gone;  // nothing of it is left: as a rule at once, later where the kernel keeps it
  };

  // `program`: of open_program(). What could not be started is finished, and gone, all the same, in the loop.
  static std::unique_ptr<Run> start(boost::asio::io_context& context, const Fd& program, Job job,
                                    Callbacks callbacks);
  // Ends it: SIGTERM, after the grace SIGKILL.
  void stop();
  // Kills all of it.
  ~Run();
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

 private:
  struct State;
  explicit Run(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

}  // namespace hawser::run

template <>
inline constexpr std::array<hawser::Name<hawser::run::End>, 6> hawser::kNames<hawser::run::End>{{
    {hawser::run::End::kExited, "exited"},
    {hawser::run::End::kSignalled, "signalled"},
    {hawser::run::End::kTimedOut, "timed out"},
    {hawser::run::End::kStopped, "stopped"},
    {hawser::run::End::kNotStarted, "not started"},
    {hawser::run::End::kLost, "lost"},
}};
