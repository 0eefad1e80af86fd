#include "lib/config/sections/pool_rows.h"

namespace hawser::config {

std::string in_list(const Value& value) {
  return value.as<std::string>() == nullptr ? std::string() : fmt::format("[{}]", in_words(value));
}

const Word<Forwarding>& forwarding_word() {
  static const Word<Forwarding> word{{Forwarding::kMasquerade, Forwarding::kDirect, Forwarding::kTunnel}};
  return word;
}

const Rows<TunnelSpec>& tunnel_rows() {
  static const auto rows =
      Rows<TunnelSpec>()
          .add("type", &TunnelSpec::type, Word<TunnelType>{}, "encapsulation")
          .add("port", &TunnelSpec::port, Whole{0, 65535}, "gue: UDP port")
          .like("6080")
          .only_if([](const TunnelSpec& tunnel) { return tunnel.type == TunnelType::kGue; })
          .add("checksum", &TunnelSpec::checksum, Flag{}, "gue, gre: with checksum")
          .only_if([](const TunnelSpec& tunnel) { return tunnel.type != TunnelType::kIpip; });
  return rows;
}

void read_tunnel_into(const ReadContext& scope, const Value& value,
                      std::optional<Section<TunnelSpec>>& tunnel) {
  const auto* table = value.as<Table>();
  if (table == nullptr) return scope.problem(value.place, "tunnel", not_a("a table", kTunnelExample, value));
  const auto inside = scope.silent().inside("tunnel");
  Section<TunnelSpec> section;
  section.path = inside.user_path;
  section.place = value.place;
  section.places = read_section(inside, tunnel_rows(), *table, section.spec);
  tunnel = std::move(section);
}

std::optional<Value> write_tunnel(const std::optional<Section<TunnelSpec>>& tunnel) {
  return tunnel ? std::optional(inline_table(tunnel_rows(), tunnel->spec)) : std::nullopt;
}

std::optional<std::vector<CheckRef>> read_checks(const ReadContext& scope, const Value& value) {
  const auto* list = value.as<List>();
  if (list == nullptr) {
    scope.problem(value.place, "checks", not_a_list(value, kChecksExample, in_list(value)));
    return std::nullopt;
  }
  std::vector<CheckRef> checks;
  for (const auto& item : *list) {
    CheckRef check;
    check.place = item.place;
    if (const auto* name = item.as<std::string>()) {
      check.name = *name;
    } else if (const auto* table = item.as<Table>()) {
      const auto inside = scope.silent().inside("checks");
      auto& written = check.written.emplace();
      written.path = inside.user_path;
      written.place = item.place;
      written.places = read_section(inside, check_rows(), *table, written.spec);
    } else {
      scope.problem(item.place, "checks", not_a("a check's name or a table", "{ type = \"tcp\" }", item));
      continue;
    }
    checks.push_back(std::move(check));
  }
  return checks;
}

Value write_checks(const std::vector<CheckRef>& checks) {
  List list;
  for (const auto& check : checks)
    list.push_back(check.written ? inline_table(check_rows(), check.written->spec) : plain_value(check.name));
  return plain_value(std::move(list));
}

void read_reals(const ReadContext& scope, std::string_view key, const Value& value,
                std::vector<Section<RealSpec>>& reals) {
  const auto* list = value.as<List>();
  if (list == nullptr)
    return scope.problem(value.place, key, fmt::format("must be written as [[{}.{}]]", scope.user_path, key));
  for (const auto& item : *list) {
    const auto* table = item.as<Table>();
    if (table == nullptr) {
      scope.problem(item.place, key, fmt::format("must be written as [[{}.{}]]", scope.user_path, key));
      continue;
    }
    const auto inside = scope.inside(fmt::format("{}[{}]", key, reals.size() + 1));
    auto& real = reals.emplace_back();
    real.path = inside.user_path;
    real.place = item.place;
    real.places = read_section(inside, real_rows(), *table, real.spec);
  }
}

}  // namespace hawser::config
