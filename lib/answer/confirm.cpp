#include "lib/answer/confirm.h"

#include <cerrno>

#include <boost/json.hpp>
#include <unistd.h>

#include "lib/cli/output.h"
#include "lib/cli/refuse.h"
#include "lib/control/json.h"

namespace hawser::answer {

namespace {

constexpr Milliseconds kLeast{5000};
constexpr Milliseconds kMost{3600000};

Result<Milliseconds> time_of(const std::string& text) {
  const auto time = parse_duration(text);
  if (!time) return fail_with(EINVAL, "--confirm: {}", time.error().text);
  if (*time < kLeast || *time > kMost)
    return fail_with(EINVAL, "--confirm: must be from {} to {}, not {}", format_duration(kLeast),
                     format_duration(kMost), text);
  return *time;
}

}  // namespace

std::string command_of(const cli::Arguments& arguments, std::string_view program) {
  auto text = fmt::format("{} {}", program, arguments.verb);
  for (const auto& word : arguments.words) text += " " + word;
  return text;
}

Result<Confirmation> Confirmation::begin(const cli::Arguments& arguments, std::string_view program,
                                         const std::function<Status()>& put_back, Killed killed) {
  Confirmation confirmation;
  const auto asked = arguments.values.find("--confirm");
  if (asked == arguments.values.end()) {
    // What waits holds what was before it: this change would go with it.
    if (const auto waiting = waiting_change()) return fail("{}", why_not_now(*waiting));
    if (killed == Killed::kStays) return confirmation;
    // Where an ordinary user sits on the name it goes without.
    if (auto undo = Undo::start(command_of(arguments, program), {}, put_back))
      confirmation.undo_ = std::move(*undo);
    else if (!arguments.json)
      cli::say(fmt::format("{}: note: killed in the middle it would stay half done: {}", program,
                           undo.error().text));
    return confirmation;
  }
  const auto within = time_of(asked->second);
  if (!within) return tl::unexpected(within.error());
  confirmation.within_ = *within;
  auto undo = Undo::start(command_of(arguments, program), *within, put_back);
  if (!undo) return tl::unexpected(undo.error());
  confirmation.undo_ = std::move(*undo);
  return confirmation;
}

int Confirmation::refuse(const cli::Arguments& arguments, std::string_view program, const Error& error) {
  const int status = cli::refuse(arguments, program, error);
  return error.code == EINVAL ? kUsage : status;
}

void Confirmation::forget() {
  if (undo_) undo_->forget();
}

void Confirmation::made() {
  if (!undo_ || within_ > Milliseconds{0}) return;
  undo_->forget();
  undo_.reset();
}

int Confirmation::conclude(const cli::Arguments& arguments, std::string_view program, int status) {
  if (!undo_) return status;
  undo_->made();
  const bool at_a_terminal = ::isatty(STDIN_FILENO) == 1 && !arguments.json;
  cli::say(fmt::format("{}: taken back in {} unless {}'bondctl confirm' is written", program,
                       format_duration(within_), at_a_terminal ? "you press Enter, or " : ""));
  if (!at_a_terminal) return status;
  switch (undo_->wait(STDIN_FILENO)) {
    case UndoEnd::kConfirmed:
      cli::say(fmt::format("{}: confirmed: it stays", program));
      return status;
    case UndoEnd::kNobody:
      cli::say(fmt::format("{}: what would have taken it back was killed: it stays", program));
      return status;
    case UndoEnd::kPartlyUndone:
      return cli::complain(program,
                           "nobody confirmed it: taken back, but not wholly: 'journalctl -t hawser-undo' "
                           "says what is left");
    case UndoEnd::kUndone:
      break;
  }
  return cli::complain(program, "nobody confirmed it: taken back");
}

std::string waiting_text(const std::optional<WaitingChange>& waiting) {
  if (!waiting) return {};
  if (waiting->what.empty()) return "a change is just being taken back\n";
  if (!waiting->left) return fmt::format("being made: {}\n", waiting->what);
  return fmt::format("not confirmed: {}\n  taken back in {} unless 'bondctl confirm' is written\n",
                     waiting->what, format_duration(*waiting->left));
}

namespace {

boost::json::value left_json(const WaitingChange& waiting) {
  return waiting.left ? boost::json::value(format_duration(*waiting.left)) : nullptr;
}

}  // namespace

boost::json::value waiting_json(const std::optional<WaitingChange>& waiting) {
  if (!waiting) return nullptr;
  return {{"what", waiting->what}, {"taken_back_in", left_json(*waiting)}};
}

namespace {

int tell_waiting(const cli::Arguments& arguments) {
  const auto waiting = waiting_change();
  if (!waiting) return cli::refuse(arguments, "bondctl", "no change waits to be confirmed");
  if (arguments.json)
    cli::print(
        control::pretty({{"format", 1}, {"waiting", waiting->what}, {"taken_back_in", left_json(*waiting)}}));
  else if (!waiting->left)
    cli::print(waiting_text(waiting));
  else
    cli::print(fmt::format("{}: taken back in {} unless it is confirmed\n", waiting->what,
                           format_duration(*waiting->left)));
  return kNo;
}

}  // namespace

int confirm_verb(const cli::Arguments& arguments) {
  if (arguments.has("--dry-run")) return tell_waiting(arguments);
  const auto kept = confirm_change();
  if (!kept) return cli::refuse(arguments, "bondctl", kept.error());
  if (arguments.json)
    cli::print(control::pretty({{"format", 1}, {"confirmed", *kept}}));
  else
    cli::print(fmt::format("{}: confirmed: it stays\n", *kept));
  return kDone;
}

}  // namespace hawser::answer
