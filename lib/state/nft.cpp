#include "lib/state/nft.h"

#include "lib/base/find_in.h"
#include "lib/base/result.h"

namespace hawser {

NftMarks without(const NftMarks& one, const NftMarks& other) {
  NftMarks left;
  for (const auto& entry : one)
    if (const auto* there = find_in(other, entry.first); there == nullptr || *there != entry.second)
      left.insert(entry);
  return left;
}

std::string to_string(const Marked& marked) {
  auto text =
      fmt::format("{} {}", name_of(marked.transport), to_string(Endpoint{marked.address, marked.first_port}));
  if (marked.last_port != marked.first_port) text += fmt::format("-{}", marked.last_port);
  return text;
}

}  // namespace hawser
