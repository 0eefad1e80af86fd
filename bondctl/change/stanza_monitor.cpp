// What a stanza says of how ports are watched, where ifenslave and the kernel took more than the file's rules
// do.
#include <algorithm>
#include <charconv>
#include <optional>

#include "bondctl/change/stanza.h"

namespace hawser::bondctl {

namespace {

using NoteList = std::vector<std::string>;

Edit* edit_of(Edits& edits, std::string_view key) {
  const auto found = std::ranges::find(edits.good, key, &Edit::key);
  return found == edits.good.end() ? nullptr : &*found;
}

void drop_edit(Edits& edits, std::string_view key) {
  std::erase_if(edits.good, [&](const Edit& edit) { return edit.key == key; });
}

bool is_nonzero(const Edit* edit) {
  return edit != nullptr && edit->value.find_first_of("123456789") != std::string::npos;
}

std::optional<std::uint32_t> number_of(const Edit* edit) {
  if (edit == nullptr) return std::nullopt;
  std::uint32_t number = 0;
  const auto* end = edit->value.data() + edit->value.size();
  const auto [stop, error] = std::from_chars(edit->value.data(), end, number);
  return error == std::errc{} && stop == end ? std::optional(number) : std::nullopt;
}

// ifenslave's manual has it so: of the two, miimon counts. A zero means: not this one.
void choose_monitor(Edits& edits, NoteList& notes) {
  const bool mii = is_nonzero(edit_of(edits, "miimon"));
  const bool arp = is_nonzero(edit_of(edits, "arp_interval"));
  if (mii && arp) {
    notes.emplace_back("bond-arp-interval: left out beside bond-miimon: they exclude each other");
    for (const auto* key : {"arp_interval", "arp_validate", "arp_ip_target", "ns_ip6_target"})
      drop_edit(edits, key);
  }
  if (number_of(edit_of(edits, "arp_interval")) == 0U) drop_edit(edits, "arp_interval");
  const auto* miimon = edit_of(edits, "miimon");
  if (mii || miimon == nullptr || number_of(miimon) != 0U) return;
  drop_edit(edits, "miimon");
  if (!arp) edits.good.push_back({"monitor", Edit::How::kSet, "none"});
}

// The kernel counts delays in looks at the carrier, and rounds down without a word.
void round_delays(Edits& edits, std::uint32_t miimon_there, NoteList& notes) {
  const auto miimon = number_of(edit_of(edits, "miimon")).value_or(miimon_there);
  if (miimon == 0) return;
  for (const auto* key : {"updelay", "downdelay", "peer_notif_delay"}) {
    auto* delay = edit_of(edits, key);
    const auto wanted = number_of(delay);
    if (!wanted || *wanted % miimon == 0) continue;
    const auto rounded = *wanted / miimon * miimon;
    notes.push_back(fmt::format("{}: {}ms is no multiple of bond-miimon, {}ms: the kernel makes it {}ms",
                                stanza_option(key), *wanted, miimon, rounded));
    delay->value = std::to_string(rounded);
  }
}

}  // namespace

std::vector<std::string> settle_monitor(Edits& edits, std::uint32_t miimon_there) {
  NoteList notes;
  choose_monitor(edits, notes);
  round_delays(edits, miimon_there, notes);
  return notes;
}

}  // namespace hawser::bondctl
