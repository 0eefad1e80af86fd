#include "lib/config/sections/provider.h"

#include "lib/config/engine/rules.h"
#include "lib/config/sections/make_section.h"

namespace hawser::config {

namespace {

using namespace std::chrono_literals;
using ProviderSection = Section<Provider>;

constexpr std::string_view kProviderExample = R"([provider.robot]
kind = "hetzner-robot"
credentials = "file:/etc/hawser/robot.cred" # one line, USER:PASSWORD, mode 0600
)";

void fault(Report& report, const ProviderSection& section, std::string_view key, const std::string& what) {
  config::fault(report, section, key, what, Part::kVipd);
}

bool is_hetzner(const Provider& provider) {
  return provider.kind == ProviderKind::kHetznerRobot || provider.kind == ProviderKind::kHetznerCloud;
}

void has_a_kind(const ProviderSection& section, Report& report) {
  if (!section.has("kind"))
    fault(report, section, "kind", "is missing: write hetzner-robot, hetzner-cloud, exec or webhook");
}

// What another kind takes does nothing here, and was meant to.
void keys_are_of_the_kind(const ProviderSection& section, Report& report) {
  const auto& is = section.spec;
  if (!is.kind) return;
  const auto refuse = [&](std::string_view key, bool fits) {
    if (section.has(key) && !fits)
      fault(report, section, key, fmt::format("means nothing to kind = {}", quote(name_of(*is.kind))));
  };
  const bool is_exec = is.kind == ProviderKind::kExec;
  refuse("program", is_exec);
  refuse("url", is.kind == ProviderKind::kWebhook);
  refuse("endpoint", is_hetzner(is));
  for (const auto* key : {"credentials", "ca", "proxy"}) refuse(key, !is_exec);
}

void has_what_its_kind_needs(const ProviderSection& section, Report& report) {
  const auto& is = section.spec;
  if (is_hetzner(is) && !section.has("credentials"))
    fault(report, section, "credentials", "is missing: write \"file:/PATH\" or \"systemd:NAME\"");
  if (is.kind == ProviderKind::kExec && !section.has("program"))
    fault(report, section, "program", "is missing: write the path of the script");
  if (is.kind == ProviderKind::kWebhook && !section.has("url"))
    fault(report, section, "url", "is missing: write \"https://HOST/PATH\"");
}

bool begins_with_one_of(std::string_view text, std::initializer_list<std::string_view> beginnings) {
  return std::ranges::any_of(beginnings, [&](auto beginning) { return text.starts_with(beginning); });
}

// A secret in the file would be in `dump`, in backups and in support cases: the words do not repeat it.
void values_are_places(const ProviderSection& section, Report& report) {
  const auto& is = section.spec;
  const auto judge = [&](std::string_view key, const std::string& value,
                         std::initializer_list<std::string_view> beginnings, std::string_view wanted) {
    if (section.has(key) && !value.empty() && !begins_with_one_of(value, beginnings))
      fault(report, section, key, fmt::format("must be {}", wanted));
  };
  judge("credentials", is.credentials, {"file:/", "systemd:"},
        R"("file:/PATH" or "systemd:NAME": the secret itself does not stand in this file)");
  judge("endpoint", is.endpoint, {"https://"}, "\"https://HOST[:PORT]\"");
  judge("url", is.url, {"https://"}, "\"https://HOST[:PORT]/PATH\"");
  judge("proxy", is.proxy, {"http://"}, "\"http://HOST:PORT\"");
  judge("ca", is.ca, {"/"}, "a path from the root, such as \"/etc/hawser/ca.pem\"");
  judge("program", is.program, {"/"}, "a path from the root, such as \"/usr/local/sbin/move-address\"");
}

void check_providers(const File& file, Report& report) {
  for (const auto& [name, section] : file.providers) {
    has_a_kind(section, report);
    keys_are_of_the_kind(section, report);
    has_what_its_kind_needs(section, report);
    values_are_places(section, report);
  }
}

void build_providers(const File& file, Config& config) {
  for (const auto& [name, section] : file.providers) {
    Provider provider = section.spec;
    provider.name = name;
    config.providers.emplace(name, std::move(provider));
  }
}

}  // namespace

const Rows<Provider>& provider_rows() {
  static const auto rows =
      Rows<Provider>()
          .add("kind", &Provider::kind, Word<ProviderKind>{}, "whose API it is")
          .required()
          .add("credentials", &Provider::credentials, NonEmpty{},
               "file:/PATH, which others must not be able to read, or systemd:NAME")
          .like("\"file:/etc/hawser/robot.cred\"")
          .add("endpoint", &Provider::endpoint, NonEmpty{}, "another place of the API, such as an imitation")
          .like("\"https://127.0.0.1:8443\"")
          .add("ca", &Provider::ca, NonEmpty{}, "file of who is trusted, instead of the system's CAs")
          .like("\"/etc/hawser/ca.pem\"")
          .add("proxy", &Provider::proxy, NonEmpty{}, "as in https_proxy; unset: what the environment has")
          .like("\"http://192.0.2.3:3128\"")
          .add("timeout", &Provider::timeout, Span{1s, 10min}, "of one call")
          .add("program", &Provider::program, NonEmpty{}, "exec: what is run, by hawser-runner")
          .like("\"/usr/local/sbin/move-address\"")
          .add("url", &Provider::url, NonEmpty{}, "webhook: who is asked")
          .like("\"https://failover.example.net/route\"")
          .unsupported({"verify"});
  return rows;
}

SectionType Providers::type() {
  auto type = named_section("provider", "[provider.NAME]", Part::kVipd, provider_rows(), &File::providers,
                            kProviderExample);
  type.rules.emplace_back(check_providers);
  type.build = build_providers;
  return type;
}

}  // namespace hawser::config
