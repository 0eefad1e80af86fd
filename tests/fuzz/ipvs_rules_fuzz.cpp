// Any text as ipvsadm's rules and as the kernel's list of connections. What rules come to on a table is
// written, read again, and comes to the same; and that a second time asks for nothing.
#include <cstdlib>

#include "lbctl/connections.h"
#include "lbctl/rules/parse.h"
#include "lbctl/rules/replay.h"
#include "lbctl/rules/write.h"
#include "lib/plan/simulate.h"

namespace {

using namespace hawser;
using namespace hawser::lbctl;

State made_by(const std::vector<Rule>& rules) {
  State state;
  for (const auto& [line, step] : replay_onto({}, rules).steps) simulate(state, step);
  return state;
}

// A timeout that the rules leave open, and a daemon's length, only a kernel can fill in.
void fill_in(State& state) {
  if (state.ipvs.timeouts) state.ipvs.timeouts = settled(*state.ipvs.timeouts, {900, 120, 300});
}

void write_and_read(const std::vector<Rule>& rules) {
  auto state = made_by(rules);
  fill_in(state);
  const auto text = write_rules(state);
  const auto again = parse_rules(text, no_names());
  if (!again.problems.empty() || made_by(again.rules) != state) std::abort();
  if (!replay_instead(state, again.rules).steps.empty()) std::abort();
  if (write_rules(made_by(again.rules)) != text) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto parsed = parse_rules(text, no_names());
  write_and_read(parsed.rules);
  const auto instead = replay_instead({}, parsed.rules);
  if (instead.steps.size() > 2 * parsed.rules.size()) std::abort();
  const auto connections = read_connections(text);
  (void)render(connections, 80);
  return 0;
}
