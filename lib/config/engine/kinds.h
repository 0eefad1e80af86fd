// The types of settings: how each is read from a value, written as one, and described.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "lib/base/address.h"
#include "lib/base/duration.h"
#include "lib/base/names.h"
#include "lib/base/strong.h"
#include "lib/config/engine/hints.h"
#include "lib/config/engine/value.h"
#include "lib/config/engine/wrong.h"

namespace hawser::config {

// Nothing where the text is empty: then the setting is not set.
inline std::optional<Value> text_or_none(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(plain_value(text));
}

// Told what is wrong with which value.
using Fault = std::function<void(const Value& at, std::string what)>;

// Without control characters: what is written goes into packets, logs and terminals.
struct Text {
  using Type = std::string;
  bool parse(const Value& value, Type& out, const Fault& fault) const;
  [[nodiscard]] std::optional<Value> write(const Type& text) const { return text_or_none(text); }
  [[nodiscard]] std::string example(std::size_t index = 0) const { return quote(index == 0 ? "web" : "db"); }
  [[nodiscard]] std::string type() const { return "text"; }
  [[nodiscard]] std::string range() const { return ""; }
};

// Leaving the key out is the only way to say "none".
struct NonEmpty : Text {
  bool parse(const Value& value, Type& out, const Fault& fault) const;
};

// Any bytes: they are only compared.
struct AnyText : Text {
  bool parse(const Value& value, Type& out, const Fault& fault) const;
};

// Why the kernel would not take, or would misunderstand, a device's name: "\"a b\" is not a device name: ..";
// empty: it is one.
std::string device_fault(std::string_view name);

// A network device's name as the kernel takes it (dev_valid_name).
struct DeviceName : Text {
  bool parse(const Value& value, Type& out, const Fault& fault) const;
  [[nodiscard]] std::string example(std::size_t index = 0) const {
    return quote(fmt::format("eth{}", index));
  }
  [[nodiscard]] std::string type() const { return "device"; }
};

struct Flag {
  using Type = bool;
  bool parse(const Value& value, Type& out, const Fault& fault) const;
  [[nodiscard]] std::optional<Value> write(Type flag) const { return plain_value(flag); }
  [[nodiscard]] std::string example(std::size_t = 0) const { return "true"; }
  [[nodiscard]] std::string type() const { return "bool"; }
  [[nodiscard]] std::string range() const { return ""; }
};

inline constexpr std::int64_t kMaxInt = 0x7FFFFFFF;
inline constexpr std::int64_t kMax32 = 0xFFFFFFFF;

struct Whole {
  using Type = std::int64_t;
  std::int64_t minimum = 0;
  std::int64_t maximum = 0;
  bool parse(const Value& value, Type& out, const Fault& fault) const;
  [[nodiscard]] std::optional<Value> write(Type number) const { return plain_value(number); }
  [[nodiscard]] std::string example(std::size_t = 0) const {
    return std::to_string(std::clamp<std::int64_t>(100, minimum, maximum));
  }
  [[nodiscard]] std::string type() const { return "int"; }
  [[nodiscard]] std::string range() const { return fmt::format("{} to {}", minimum, maximum); }
};

struct Span {
  using Type = Milliseconds;
  Milliseconds minimum{0};
  Milliseconds maximum{0};
  Milliseconds step{1};
  bool parse(const Value& value, Type& out, const Fault& fault) const;
  [[nodiscard]] std::optional<Value> write(Type duration) const {
    return plain_value(format_duration(duration));
  }
  [[nodiscard]] std::string example(std::size_t = 0) const;
  [[nodiscard]] std::string type() const { return "duration"; }
  [[nodiscard]] std::string range() const;
};

// One of an enum's words (kNames), or of those that the setting allows.
template <class E>
struct Word {
  using Type = E;
  std::vector<E> allowed;  // empty: every one
  bool parse(const Value& value, Type& out, const Fault& fault) const {
    const auto* text = value.as<std::string>();
    const auto found = text == nullptr ? std::optional<E>() : from_name<E>(*text);
    if (!found || !allows(*found)) {
      fault(value,
            not_a_word(value, range(), text == nullptr ? std::string_view() : meant_word(*text, words())));
      return false;
    }
    out = *found;
    return true;
  }
  [[nodiscard]] std::optional<Value> write(Type word) const {
    return plain_value(std::string(name_of(word)));
  }
  [[nodiscard]] std::string example(std::size_t index = 0) const {
    const auto words = this->words();
    return quote(words[index % words.size()]);
  }
  [[nodiscard]] std::string type() const { return "text"; }
  [[nodiscard]] std::string range() const { return joined(words(), " or ", true); }
  [[nodiscard]] std::vector<std::string_view> words() const {
    std::vector<std::string_view> names;
    for (const auto& [word, name] : kNames<E>)
      if (allows(word)) names.push_back(name);
    return names;
  }

 private:
  [[nodiscard]] bool allows(E word) const {
    return allowed.empty() || std::find(allowed.begin(), allowed.end(), word) != allowed.end();
  }
};

// One of some words, kept as text.
struct OneOf {
  using Type = std::string;
  std::vector<std::string_view> words;
  bool parse(const Value& value, Type& out, const Fault& fault) const;
  [[nodiscard]] std::optional<Value> write(const Type& text) const { return text_or_none(text); }
  [[nodiscard]] std::string example(std::size_t index = 0) const {
    return quote(words[index % words.size()]);
  }
  [[nodiscard]] std::string type() const { return "text"; }
  [[nodiscard]] std::string range() const { return joined(words, " or ", true); }
};

// What T::parse reads and to_string prints: addresses, prefixes, MACs.
template <class T>
struct Parsed {
  using Type = T;
  std::string_view name;
  std::array<std::string_view, 2> examples;
  bool parse(const Value& value, Type& out, const Fault& fault) const {
    const auto* text = value.as<std::string>();
    if (text == nullptr)
      return fault(value, not_a(fmt::format("{} {} as text", name.starts_with('a') ? "an" : "a", name),
                                example(), value)),
             false;
    auto parsed = T::parse(*text);
    if (!parsed) return fault(value, std::move(parsed.error().text)), false;
    out = *parsed;
    return true;
  }
  [[nodiscard]] std::optional<Value> write(const Type& value) const { return plain_value(to_string(value)); }
  [[nodiscard]] std::string example(std::size_t index = 0) const { return quote(examples[index % 2]); }
  [[nodiscard]] std::string type() const { return std::string(name); }
  [[nodiscard]] std::string range() const { return ""; }
};
inline constexpr Parsed<IpAddress> kAddress{"address", {"192.0.2.1", "192.0.2.2"}};
inline constexpr Parsed<Prefix> kPrefix{"prefix", {"192.0.2.1/24", "2001:db8::1/64"}};
inline constexpr Parsed<MacAddress> kMac{"MAC", {"52:54:00:12:34:56", "52:54:00:12:34:57"}};

// An address as a device has it. Without its length the kernel would make a host route of a network.
struct WithLength : Parsed<Prefix> {
  WithLength() : Parsed<Prefix>(kPrefix) {}
  bool parse(const Value& value, Type& out, const Fault& fault) const;
};

template <class Item>
struct ListOf {
  using Type = std::vector<typename Item::Type>;
  Item item;
  bool parse(const Value& value, Type& out, const Fault& fault) const {
    const auto* list = value.as<List>();
    if (list == nullptr) return fault(value, not_a_list(value, example(), meant(value))), false;
    for (const auto& element : *list) {
      typename Item::Type parsed{};
      if (item.parse(element, parsed, fault)) out.push_back(std::move(parsed));
    }
    return true;
  }
  [[nodiscard]] std::optional<Value> write(const Type& list) const {
    List values;
    for (const auto& element : list)
      if (auto value = item.write(element)) values.push_back(std::move(*value));
    return plain_value(std::move(values));
  }
  [[nodiscard]] std::string example(std::size_t = 0) const {
    return fmt::format("[{}, {}]", item.example(0), item.example(1));
  }
  [[nodiscard]] std::string type() const { return "list of " + item.type(); }
  [[nodiscard]] std::string range() const { return item.range(); }

 private:
  // The list that was meant by one text: it, or what commas and blanks divide it into; empty: neither is
  // good.
  [[nodiscard]] std::string meant(const Value& value) const {
    const auto* text = value.as<std::string>();
    if (text == nullptr) return {};
    if (takes(value)) return fmt::format("[{}]", quote(*text));
    std::string list;
    for (const auto& element : elements_in(*text)) {
      if (!takes({element, value.place, {}, false})) return {};
      list += fmt::format("{}{}", list.empty() ? "" : ", ", quote(element));
    }
    return list.empty() ? list : fmt::format("[{}]", list);
  }
  [[nodiscard]] bool takes(const Value& value) const {
    typename Item::Type parsed{};
    return item.parse(value, parsed, [](const Value&, const std::string&) {});
  }
};
template <class Item>
ListOf(Item) -> ListOf<Item>;

// A list that must say something.
template <class Item>
struct SomeOf : ListOf<Item> {
  using Type = typename ListOf<Item>::Type;
  bool parse(const Value& value, Type& out, const Fault& fault) const {
    const auto* list = value.as<List>();
    if (list != nullptr && list->empty()) return fault(value, "must name at least one"), false;
    return ListOf<Item>::parse(value, out, fault);
  }
};

// From the kind's type to the member's: numbers narrow (their range was checked), strong types and optionals
// wrap.
template <class Member, class Type>
void store(Member& member, Type& parsed) {
  member = static_cast<Member>(std::move(parsed));
}
template <class Tag, class Number, class Type>
void store(Strong<Tag, Number>& member, Type& parsed) {
  member = Strong<Tag, Number>(static_cast<Number>(parsed));
}
template <class Member, class Type>
void store(std::optional<Member>& member, Type& parsed) {
  member = static_cast<Member>(std::move(parsed));
}

template <class Kind, class Member>
std::optional<Value> written(const Kind& kind, const Member& member) {
  return kind.write(static_cast<typename Kind::Type>(member));
}
template <class Kind, class Member>
std::optional<Value> written(const Kind& kind, const std::optional<Member>& member) {
  return member ? written(kind, *member) : std::nullopt;
}
template <class Kind, class Tag, class Number>
std::optional<Value> written(const Kind& kind, const Strong<Tag, Number>& member) {
  return written(kind, member.value);
}

}  // namespace hawser::config
