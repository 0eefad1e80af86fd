#include "lib/state/nft.h"

#include "lib/base/find_in.h"
#include "lib/base/result.h"

namespace hawser {

namespace {

template <class Map>
Map left_of(const Map& one, const Map& other) {
  Map left;
  for (const auto& entry : one)
    if (const auto* there = find_in(other, entry.first); there == nullptr || *there != entry.second)
      left.insert(entry);
  return left;
}

}  // namespace

NftContents without(const NftContents& one, const NftContents& other) {
  return {left_of(one.marks, other.marks), left_of(one.nats, other.nats)};
}

std::string to_string(const Marked& marked) {
  auto text =
      fmt::format("{} {}", name_of(marked.transport), to_string(Endpoint{marked.address, marked.first_port}));
  if (marked.last_port != marked.first_port) text += fmt::format("-{}", marked.last_port);
  return text;
}

}  // namespace hawser
