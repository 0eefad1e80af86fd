#include "vipd/vip_verbs.h"

#include <boost/json.hpp>
#include <fmt/ranges.h>

#include "lib/base/json_in.h"
#include "lib/cli/age.h"
#include "lib/cli/json_cell.h"
#include "lib/cli/output.h"
#include "lib/cli/refuse.h"
#include "lib/cli/table.h"
#include "lib/control/json.h"
#include "vipd/ask.h"

namespace hawser::vipd {

namespace {

namespace json = boost::json;
using cli::cell_in;

int announce(const cli::Arguments& arguments) {
  const auto& words = arguments.words;
  const auto target = words.empty() ? "announce" : "announce?vip=" + words.front();
  if (arguments.has(kOnlyPlan.name)) return plan(arguments, target);
  const auto answer = ask(arguments, "POST", "/v1/" + target);
  if (!answer) return cli::refuse(arguments, "vipctl", answer.error());
  if (arguments.json) {
    cli::print(control::pretty(*answer));
    return kDone;
  }
  cli::print(cli::printable(fmt::format("announced again: {}", fmt::join(names_in(*answer), ", "))) + "\n");
  return kDone;
}

int why(const cli::Arguments& arguments) {
  const auto answer = ask(arguments, "GET", "/v1/why?vip=" + arguments.words.front());
  if (!answer) return cli::refuse(arguments, "vipctl", answer.error());
  cli::print(arguments.json ? control::pretty(*answer) : why_text(*answer, cli::terminal_width()));
  return kDone;
}

// "192.0.2.11 priority 150, 3.6s before"
std::string heard_by(const json::value& change) {
  const auto& heard = value_in(change, "heard");
  if (!heard.is_object()) return "nobody";
  return fmt::format("{} priority {}, {:.3g}s before", cell_in(heard, "address"), cell_in(heard, "priority"),
                     real_in(heard, "seconds_before"));
}

}  // namespace

std::string why_text(const json::value& why, std::size_t width) {
  auto text = fmt::format(
      "{} is {} since {} ({}): {}\n", cell_in(why, "name"), cell_in(why, "role"), cell_in(why, "since"),
      cli::format_age(Milliseconds(static_cast<std::int64_t>(real_in(why, "seconds") * 1000))),
      cell_in(why, "why"));
  if (const auto fault = cell_in(why, "fault"); !fault.empty()) text += fmt::format("but: {}\n", fault);
  text += fmt::format("next: it {}\n", cell_in(why, "outlook"));
  cli::Table table({{"AT"},
                    {"FROM"},
                    {"TO"},
                    {"PRIORITY", cli::Align::kRight},
                    {"LAST HEARD", cli::Align::kLeft, cli::Fit::kWraps},
                    {"WHY", cli::Align::kLeft, cli::Fit::kWraps}});
  const auto& changes = list_in(why, "changes");
  for (const auto& change : changes)
    table.add({cell_in(change, "at"), cell_in(change, "from"), cell_in(change, "to"),
               cell_in(change, "priority"), heard_by(change), cell_in(change, "why")});
  return changes.empty() ? text : text + "\n" + table.str("", width);
}

std::vector<cli::Verb> vip_verbs() {
  return {{"why", "NAME", "its last changes of role, what was known at each, and what would move it", why},
          {"announce",
           "[NAME]",
           "tell the segment again where the addresses are that are Active here",
           announce,
           {kOnlyPlan}}};
}

}  // namespace hawser::vipd
