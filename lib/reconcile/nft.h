// Our nftables table as a file wants it. Pure.
#pragma once

#include <optional>

#include "lib/reconcile/layout.h"
#include "lib/state/nft.h"

namespace hawser {

// Of services whose mark is ours to set, and of pools with source_nat; nullopt: none, no table is needed.
std::optional<NftTable> nft_of(const Layout& layout);

}  // namespace hawser
