// --confirm 60s and `bondctl confirm`: what a verb says of lib/daemon/undo.h.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include <boost/json/value.hpp>

#include "lib/cli/command.h"
#include "lib/daemon/undo.h"

namespace hawser::answer {

inline const cli::Option kConfirm{"--confirm", "DURATION",
                                  "take it back unless 'bondctl confirm', or Enter here, comes in that time"};

// "bondctl set bond0 mode=802.3ad"
std::string command_of(const cli::Arguments& arguments, std::string_view program);

// Without --confirm, of who is killed in the middle of a change.
enum class Killed : std::uint8_t {
  kStays,      // what was done stays, and the next one goes on from there
  kTakenBack,  // all is as it was
};

// Of a verb that has the option: begun before its first step.
class Confirmation {
 public:
  // Errors: not a duration from 5s to 1h (EINVAL); another change waits, whether or not this one is to be
  // confirmed. refuse() says them.
  static Result<Confirmation> begin(const cli::Arguments& arguments, std::string_view program,
                                    const std::function<Status()>& put_back, Killed killed = Killed::kStays);
  static int refuse(const cli::Arguments& arguments, std::string_view program, const Error& error);
  // Nothing was changed, or all of it was taken back.
  void forget();
  // The change is made, and nothing takes it back any more where nobody was asked to confirm it.
  void made();
  // The change is made: says how it is kept and, at a terminal, waits for that. `status`, unless it was
  // undone.
  int conclude(const cli::Arguments& arguments, std::string_view program, int status);

 private:
  std::optional<Undo> undo_;
  Milliseconds within_{};
};

// What a status says first: that a change waits, and until when. Nothing waits: "", null.
// {"what": "bondctl set bond0 mode=802.3ad", "taken_back_in": "43s"}; null: it is still being made
std::string waiting_text(const std::optional<WaitingChange>& waiting);
boost::json::value waiting_json(const std::optional<WaitingChange>& waiting);

// `bondctl confirm`
int confirm_verb(const cli::Arguments& arguments);

}  // namespace hawser::answer
