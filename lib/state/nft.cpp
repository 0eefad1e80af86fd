#include "lib/state/nft.h"

#include "lib/base/result.h"

namespace hawser {

std::string to_string(const Marked& marked) {
  auto text =
      fmt::format("{} {}", name_of(marked.transport), to_string(Endpoint{marked.address, marked.first_port}));
  if (marked.last_port != marked.first_port) text += fmt::format("-{}", marked.last_port);
  return text;
}

}  // namespace hawser
