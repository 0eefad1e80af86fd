// Carries a drill out: sends, listens, makes a fault, waits for what follows, mends, waits again. It decides
// nothing of what it saw: see report.h.
#pragma once

#include <functional>
#include <vector>

#include "bondctl/drill/capture.h"
#include "bondctl/drill/dead_man.h"
#include "bondctl/drill/echo_socket.h"
#include "bondctl/drill/frame.h"
#include "bondctl/drill/report.h"

namespace hawser::bondctl::drill {

struct Pace {
  Micros every{1000};
  Milliseconds hold{2000};               // each event lasts at least that long
  std::optional<Milliseconds> patience;  // instead of what the bond's monitor needs
};

class Runner {
 public:
  using Say = std::function<void(const std::string&)>;

  Runner(Kernel& kernel, Recording& recording, Pace pace, DeadMan& dead_man, Say say)
      : kernel_(kernel), recording_(recording), pace_(pace), dead_man_(dead_man), say_(std::move(say)) {}

  // Refused: no rights, no such device.
  Status open(IfIndex device);
  // Refused: the target does not answer though nothing is done.
  Status quiet();
  // Each port in turn. Refused: a fault could not be made; what became of it is in the recording.
  Status run();

 private:
  struct Tap {
    Capture capture;
    std::string port;  // empty: the bond itself
    Direction direction;
  };
  using Over = std::function<bool()>;

  Status run_faults();
  Status run_switches();
  Status fault(const std::string& port);
  Status mended(const std::string& port);
  // Until `over`, at least `least` and at most `patience` long; whether it became so.
  Result<bool> pump(Milliseconds least, Milliseconds patience, const Over& over);
  void send();
  void drain();
  void take(const Tap& tap, Micros when, ByteView frame);
  Phase begin(Event event, const std::string& port, Milliseconds patience);
  void end(Phase phase, End how);
  std::optional<std::string> unusable(const std::string& port);
  std::string active();
  [[nodiscard]] bool answered() const;

  Kernel& kernel_;
  Recording& recording_;
  Pace pace_;
  DeadMan& dead_man_;
  Say say_;
  Mark mark_;
  std::optional<EchoSocket> socket_;
  std::vector<Tap> taps_;
};

}  // namespace hawser::bondctl::drill
