use leptos::prelude::*;
use studio_users_domain::{NodeId, RoleSet, capabilities_of};

use super::conflict::{Clash, Conflict, Side};
use super::difference::{Outcome, differences};
use super::gain_and_loss::GainAndLoss;
use super::model::{Picture, Staged};
use super::node::{Mark, MarkChange, chip};
use super::store::AccessStore;
use super::tab::of_picture_now;
use crate::i18n::{Language, format, isolated, messages, use_language};
use crate::ui::{Glyph, Icon};

/// Somebody else was quicker: both sides, wherever they do not fit together, and what needs no choice.
#[component]
pub(super) fn Clashes(
    /// The access.
    access: AccessStore,
) -> impl IntoView {
    let language = use_language();
    let conflict = Memo::new(move |_| access.conflict.get().unwrap_or_default());
    let nodes =
        Memo::new(move |_| conflict.with(|it| it.clashes.iter().map(|clash| clash.node).collect::<Vec<_>>()));
    view! {
        <Lead access conflict />
        <For each=move || { nodes.get().into_iter().enumerate() } key=|(_, node)| *node let((number, node))>
            <Sides access conflict node number />
        </For>
        {move || {
            let conflict = conflict.get();
            let has_rest = !conflict.mine.is_empty() || !conflict.theirs.is_empty();
            has_rest.then(|| rest(language, access, &conflict))
        }}
    }
}

#[component]
fn Lead(
    /// The access.
    access: AccessStore,
    /// What it came to.
    conflict: Memo<Conflict>,
) -> impl IntoView {
    let language = use_language();
    let who = move || match access.changed_by.get() {
        Some((None, at)) => messages::you_changed_at(language, &format::time_of_day(language, at)),
        Some((Some(name), at)) => {
            messages::changed_at(language, &isolated(&name), &format::time_of_day(language, at))
        }
        None => messages::somebody_changed(language).into(),
    };
    let kept = move || {
        let conflict = conflict.read();
        let kept = u32::try_from(conflict.mine.len() + conflict.clashes.len()).unwrap_or(u32::MAX);
        let kept = messages::yours_are_kept(language, kept);
        match u32::try_from(conflict.clashes.len()).unwrap_or(u32::MAX) {
            0 => format!("{kept} {}", messages::none_needs_a_choice(language)),
            count => format!("{kept} {}", messages::need_a_choice(language, count)),
        }
    };
    let has_clashes = Memo::new(move |_| !conflict.read().clashes.is_empty());
    view! {
        <div class="callout clash-lead" role="status">
            <Icon glyph=Glyph::Replace />
            <div class="callout__body">
                <strong>{who}</strong>
                " "
                {kept}
                <Show when=move || has_clashes.get()>
                    <div class="callout__do">
                        <button class="link" type="button" on:click=move |_| access.choose(Side::Mine, |_| true)>
                            {messages::keep_all_mine(language)}
                        </button>
                        <button class="link" type="button" on:click=move |_| access.choose(Side::Theirs, |_| true)>
                            {messages::take_all_theirs(language)}
                        </button>
                    </div>
                </Show>
            </div>
        </div>
    }
}

/// One place that both changed.
#[component]
fn Sides(
    /// The access.
    access: AccessStore,
    /// What it came to.
    conflict: Memo<Conflict>,
    /// Which place.
    node: NodeId,
    /// The number of the clash.
    number: usize,
) -> impl IntoView {
    let language = use_language();
    let clash = Memo::new(move |_| conflict.with(|it| it.clashes.iter().find(|it| it.node == node).copied()));
    let chosen = Memo::new(move |_| clash.get().and_then(|clash| clash.chosen(&access.choices.read())));
    let title = format!("clash-{number}");
    let labelled_by = title.clone();
    let group = format!("clash-{number}-side");
    let name = of_picture_now(access, |picture| picture.organisation.name_of(node).to_owned());
    let theirs = move || match access.changed_by.get() {
        Some((Some(name), _)) => messages::take_of(language, &isolated(&name)),
        Some((None, _)) | None => messages::take_theirs(language).into(),
    };
    let side = move |side: Side, words: Signal<String>| {
        let group = group.clone();
        view! {
            <label class="clash__side">
                <input
                    class="radio"
                    type="radio"
                    name=group
                    prop:checked=move || chosen.get() == Some(side)
                    on:change=move |_| access.choose(side, |other| other == number)
                />
                <span>
                    {words}
                    <span class="clash__effect">
                        {move || clash.get().map(|clash| effect(language, access, clash, side))}
                    </span>
                </span>
                <span class="chips">
                    {move || {
                        let clash = clash.get()?;
                        let roles = if side == Side::Mine { clash.mine } else { clash.theirs };
                        Some(chips(language, access, clash, roles))
                    }}
                </span>
            </label>
        }
    };
    let mine = Signal::stored(messages::keep_mine(language).to_string());
    view! {
        <section class="clash" role="radiogroup" aria-labelledby=labelled_by>
            <h3 class="clash__head">
                <bdi id=title>{name}</bdi>
                <Show when=move || chosen.get().is_none()>
                    <span class="clash__todo">{messages::choose_one(language)}</span>
                </Show>
                <span class="clash__was">
                    {messages::was(language)}
                    {move || {
                        let clash = clash.get()?;
                        Some(chips(language, access, Clash { was: clash.was, ..clash }, clash.was))
                    }}
                </span>
            </h3>
            {side(Side::Mine, mine)}
            {side(Side::Theirs, Signal::derive(theirs))}
        </section>
    }
}

/// The roles of one side: its own, or what it inherits.
fn chips(language: Language, access: AccessStore, clash: Clash, roles: Option<RoleSet>) -> AnyView {
    let (inherited, source) = of_picture_now(access, |picture| inherited(picture, clash.node));
    let is_inherited = roles.is_none();
    let counts = roles.unwrap_or(inherited);
    if counts.is_empty() {
        return view! { <span class="chip chip--none">{messages::no_access_here(language)}</span> }
            .into_any();
    }
    let was = clash.was.unwrap_or_default();
    let counted = capabilities_of(clash.was.unwrap_or(inherited));
    let added =
        if capabilities_of(counts).is_superset(counted) { MarkChange::Added } else { MarkChange::AddedLess };
    let chips = counts.iter().map(|role| {
        let is_new = !is_inherited && roles != clash.was && !was.contains(role);
        let change = is_new.then_some(added);
        chip(language, Mark { role, is_inherited, change }, &source)
    });
    chips.collect_view().into_any()
}

fn inherited(picture: &Picture, node: NodeId) -> (RoleSet, String) {
    let Some(at) = picture.organisation.tree().position(node) else { return Default::default() };
    let here = picture.after(at);
    let source = here.inherited_from.map(|from| picture.organisation.name_of(from).to_owned());
    (here.inherited, source.unwrap_or_default())
}

/// What one side means to the user, against what was so when the reader began.
fn effect(language: Language, access: AccessStore, clash: Clash, side: Side) -> AnyView {
    let roles = if side == Side::Mine { clash.mine } else { clash.theirs };
    let outcome = of_picture_now(access, |picture| {
        let at = picture.organisation.tree().position(clash.node)?;
        let from = picture.with(&Staged::from([(clash.node, clash.was)]));
        let to = picture.with(&Staged::from([(clash.node, roles)]));
        let change = picture.between(&from, &to);
        let ends = change.after(at).effective.is_empty() && !change.before(at).effective.is_empty();
        let all = differences(&change);
        let outcome = all.into_iter().fold(Outcome::default(), |all, one| all.and(one.outcome));
        Some((ends, outcome))
    });
    match outcome {
        Some((true, _)) => messages::ends_every_right(language).into_any(),
        Some((_, outcome)) if outcome.gains() || outcome.loses() => {
            view! { <GainAndLoss outcome /> }.into_any()
        }
        _ => messages::roles_only(language).into_any(),
    }
}

fn rest(language: Language, access: AccessStore, conflict: &Conflict) -> impl IntoView + use<> {
    let (mine, theirs) = of_picture_now(access, |picture| {
        let name = |node: &NodeId| isolated(picture.organisation.name_of(*node));
        (
            conflict.mine.iter().map(|(node, _)| name(node)).collect::<Vec<_>>(),
            conflict.theirs.iter().map(name).collect::<Vec<_>>(),
        )
    });
    let row = |words: String, text: &'static str| {
        view! {
            <li class="notify__row">
                <Icon glyph=Glyph::Check />
                <span>
                    {words}
                    <small>{text}</small>
                </span>
            </li>
        }
    };
    let mine = mine
        .iter()
        .map(|name| row(messages::only_you_changed(language, name), messages::yours_stays(language)))
        .collect_view();
    let theirs = theirs
        .iter()
        .map(|name| row(messages::only_they_changed(language, name), messages::theirs_is_saved(language)))
        .collect_view();
    view! {
        <section class="notify clash-rest" aria-label=messages::no_choice_needed(language)>
            <ul class="notify__list">{mine} {theirs}</ul>
        </section>
    }
}
