#include "bondctl/import/address.h"

#include <bit>
#include <charconv>

namespace hawser::bondctl {

namespace {

Result<std::uint8_t> mask_length(std::string_view mask) {
  const auto dotted = IpAddress::parse(mask);
  if (!dotted || !dotted->is_v4()) return fail("\"{}\" is no netmask", mask);
  const auto bits = dotted->v4_host_order();
  const auto length = std::countl_one(bits);
  if (length + std::countr_zero(bits) < 32)
    return fail("\"{}\" is no netmask: its ones are not together", mask);
  return static_cast<std::uint8_t>(length);
}

}  // namespace

Result<Prefix> with_mask(std::string_view address, std::string_view mask) {
  const auto parsed = IpAddress::parse(address);
  if (!parsed) return tl::unexpected(parsed.error());
  unsigned length = 0;
  const auto [end, error] = std::from_chars(mask.data(), mask.data() + mask.size(), length);
  if (error == std::errc{} && end == mask.data() + mask.size()) {
    if (length > parsed->bits()) return fail("\"{}\" is no netmask: at most {}", mask, parsed->bits());
    return Prefix{*parsed, static_cast<std::uint8_t>(length)};
  }
  const auto dotted = mask_length(mask);
  if (!dotted) return tl::unexpected(dotted.error());
  if (!parsed->is_v4()) return fail("\"{}\" is no netmask of {}", mask, *parsed);
  return Prefix{*parsed, *dotted};
}

}  // namespace hawser::bondctl
