// What the rows of pools, services and real servers share.
#pragma once

#include "lib/config/engine/reading.h"
#include "lib/config/sections/pool.h"

namespace hawser::config {

using namespace std::chrono_literals;

inline constexpr std::string_view kTunnelExample = "{ type = \"gue\", port = 6080 }";
inline constexpr std::string_view kChecksExample = "[\"site\"]";

// `write ["site"]` for "site"
std::string in_list(const Value& value);
const Word<Forwarding>& forwarding_word();
void read_tunnel_into(const ReadContext& scope, const Value& value,
                      std::optional<Section<TunnelSpec>>& tunnel);
std::optional<Value> write_tunnel(const std::optional<Section<TunnelSpec>>& tunnel);
std::optional<std::vector<CheckRef>> read_checks(const ReadContext& scope, const Value& value);
Value write_checks(const std::vector<CheckRef>& checks);

// `key`: "real" or "sorry".
void read_reals(const ReadContext& scope, std::string_view key, const Value& value,
                std::vector<Section<RealSpec>>& reals);

// `applies`: whether the section has a pool in it; empty: always.
template <class S>
void add_pool_rows(Rows<S>& rows, const std::function<bool(const S&)>& applies) {
  rows.custom(
          setting("checks", "list of name or table", "", "what a real server must pass"),
          [](const ReadContext& scope, const Value& value, S& pool) {
            if (auto checks = read_checks(scope, value)) pool.checks = std::move(*checks);
          },
          [](const S& pool) { return write_checks(pool.checks); })
      .like(kChecksExample)
      .only_if(applies);
  rows.add("need", &S::need, Word<Need>{}, "how many of the checks must pass")
      .only_if(applies)
      .add("forwarding", &S::forwarding, forwarding_word(),
           "how packets reach the real servers; masquerade needs forwarding here and the way back: netd(8)")
      .only_if(applies)
      .add("on_failure", &S::on_failure, Word<OnFailure>{},
           "a failed real server is taken out, or gets weight 0 and keeps its connections")
      .only_if(applies)
      .add("panic_threshold", &S::panic_threshold, Whole{0, 100},
           "percent of the real servers; with fewer up the last good ones stay in; 0: off")
      .like("50")
      .only_if(applies)
      .add("quorum", &S::quorum, Whole{1, kMaxInt},
           "weight of the real servers that must be up; below it the sorry servers answer")
      .only_if(applies)
      .add("quorum_hysteresis", &S::quorum_hysteresis, Whole{0, kMaxInt},
           "lost below quorum - this, regained at quorum + this")
      .only_if(applies)
      .add("slow_start", &S::slow_start, Span{0s, 1h, 1s},
           "a real server that comes back gets its weight little by little, over so long")
      .like("\"30s\"")
      .only_if(applies)
      .add("source_nat", &S::source_nat, Flag{},
           "the real servers see an address of this host instead of the client's, and so answer here")
      .only_if(applies);
  rows.custom(
          table_setting("tunnel", "table", "{ type, port, checksum }",
                        "encapsulation, with forwarding tunnel"),
          [](const ReadContext& scope, const Value& value, S& pool) {
            read_tunnel_into(scope, value, pool.tunnel);
          },
          [](const S& pool) { return write_tunnel(pool.tunnel); })
      .like(kTunnelExample);
  rows.custom(table_setting("real", "list of table", "", "the real servers"),
              [](const ReadContext& scope, const Value& value, S& pool) {
                read_reals(scope, "real", value, pool.reals);
              },
              {})
      .like("[{ address = \"198.51.100.21\" }]");
  rows.custom(
          table_setting("sorry", "list of table", "", "real servers that answer where the quorum is lost"),
          [](const ReadContext& scope, const Value& value, S& pool) {
            read_reals(scope, "sorry", value, pool.sorry);
          },
          {})
      .like("[{ address = \"198.51.100.29\" }]");
}

}  // namespace hawser::config
