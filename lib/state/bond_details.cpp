#include "lib/state/bond_details.h"

namespace hawser {

std::string format_speed(const LinkSpeed& speed) {
  constexpr std::uint32_t kGigabit = 1000;
  if (speed.megabits == 0) return "unknown";
  auto text = speed.megabits % kGigabit == 0 ? fmt::format("{} Gb/s", speed.megabits / kGigabit)
                                             : fmt::format("{} Mb/s", speed.megabits);
  if (speed.duplex != Duplex::kUnknown) text += fmt::format(" {}", name_of(speed.duplex));
  return text;
}

std::vector<std::string_view> lacp_words(std::uint8_t state) {
  std::vector<std::string_view> words;
  for (const auto& [bit, word] : kNames<LacpBit>)
    if (has(state, bit)) words.push_back(word);
  return words;
}

}  // namespace hawser
