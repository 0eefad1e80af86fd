// A set of up to 64 enumerators: `{Look::kLinks, Look::kRoutes}` instead of booleans side by side.
#pragma once

#include <cstdint>
#include <initializer_list>

namespace hawser {

template <class E>
class EnumSet {
 public:
  constexpr EnumSet() = default;
  constexpr EnumSet(std::initializer_list<E> all) {
    for (const auto one : all) add(one);
  }
  constexpr void add(E one) { bits_ |= bit(one); }
  constexpr void add(const EnumSet& others) { bits_ |= others.bits_; }
  constexpr void remove(E one) { bits_ &= ~bit(one); }
  [[nodiscard]] constexpr bool contains(E one) const { return (bits_ & bit(one)) != 0; }
  [[nodiscard]] constexpr bool contains(const EnumSet& others) const {
    return (bits_ & others.bits_) == others.bits_;
  }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  constexpr bool operator==(const EnumSet&) const = default;

 private:
  static constexpr std::uint64_t bit(E one) { return std::uint64_t{1} << static_cast<unsigned>(one); }

  std::uint64_t bits_ = 0;
};

}  // namespace hawser
