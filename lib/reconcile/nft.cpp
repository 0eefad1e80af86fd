#include "lib/reconcile/nft.h"

#include <algorithm>

namespace hawser {

namespace {

// As many whole characters as nft(8) reads back of what it printed; it has no way to write quotes.
std::string as_comment(std::string name) {
  std::ranges::replace(name, '"', '\'');
  if (name.size() <= kLongestNftComment) return name;
  auto end = kLongestNftComment;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xc0U) == 0x80U) --end;
  name.resize(end);
  return name;
}

}  // namespace

std::optional<NftTable> nft_of(const Layout& layout) {
  NftTable table;
  for (const auto& [key, service] : layout)
    for (const auto& packets : service.marked)
      table.marks.emplace(packets, NftMark{key.fwmark, as_comment(service.service)});
  return table.marks.empty() ? std::nullopt : std::optional(std::move(table));
}

}  // namespace hawser
