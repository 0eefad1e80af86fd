#include "lbctl/import/draft_text.h"

namespace hawser::lbctl {

namespace {

class DraftWriter {
 public:
  explicit DraftWriter(Layout layout) : layout_(layout) { line("format = 1", {}); }

  void write(DraftSection& section) {
    line("", {});
    line(fmt::format("[{}]", section.path), {&section, nullptr});
    settings(section);
    for (auto& real : section.reals) {
      line("", {});
      line(fmt::format("[[{}]]", real.path), {&real, nullptr});
      settings(real);
    }
  }

  DraftText take() { return std::move(made_); }

 private:
  void line(std::string_view text, const DraftLine& what) {
    made_.text += text;
    made_.text += '\n';
    made_.lines.push_back(what);
  }

  void settings(DraftSection& section) {
    for (auto& setting : section.settings) {
      const auto* list = setting.value.as<config::List>();
      const DraftLine here{&section, &setting};
      if (layout_ == Layout::kPlain || list == nullptr) {
        line(fmt::format("{} = {}", setting.key, config::toml_text(setting.value)), here);
        continue;
      }
      line(setting.key + " = [", here);
      for (std::size_t i = 0; i < list->size(); ++i)
        line(config::toml_text((*list)[i]) + ",", {&section, &setting, i});
      line("]", here);
    }
  }

  Layout layout_;
  DraftText made_;
};

}  // namespace

DraftText draft_text(std::deque<DraftSection>& sections, Layout layout) {
  DraftWriter writer(layout);
  for (auto& section : sections) writer.write(section);
  return writer.take();
}

}  // namespace hawser::lbctl
